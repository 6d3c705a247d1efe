package io.pgrok.operator.agent;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.operator.Apply;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.agent.AgentConfigs.Fit;
import io.pgrok.operator.report.AgentPods;
import io.pgrok.operator.report.Triggers;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the shared agent's Secret. One caller at a time. */
@ApplicationScoped
public class SharedAgent {

  private static final Logger log = LoggerFactory.getLogger(SharedAgent.class);

  /** What a Secret holds (1 MiB), less its metadata. */
  private static final int SECRET_LIMIT = 1_000_000;

  private final KubernetesClient client;
  private final OperatorConfig config;
  private final RouteTable table;
  private final AgentPods pods;
  private final Triggers triggers;
  private final Clock clock;
  private volatile Fit published = new Fit(Map.of(), Set.of(), Set.of());

  SharedAgent(
      KubernetesClient client,
      OperatorConfig config,
      RouteTable table,
      AgentPods pods,
      Triggers triggers,
      Clock clock) {
    this.client = client;
    this.config = config;
    this.table = table;
    this.pods = pods;
    this.triggers = triggers;
    this.clock = clock;
  }

  /** Whether a tunnel is not carried because the agent's configuration is full. */
  public boolean hasNoRoomFor(ResourceID tunnel) {
    return published.left().contains(tunnel);
  }

  /**
   * @return when it has to be done again for the sake of tokens
   */
  Instant publish() {
    var carrier = new Carrier.Shared();
    var before = published;
    var routes = table.routesOf(carrier);
    var issued = Tokens.issue(carrier, table.serversOf(carrier), routes.values(), clock.instant());
    var fit = AgentConfigs.fit(issued.servers(), routes, before.tunnels(), SECRET_LIMIT);
    String hash = AgentConfigs.hash(fit.files());
    // The first time always, whatever the Secret holds from an earlier life.
    if (before.files().isEmpty() || !fit.files().equals(before.files())) {
      write(fit.files());
      log.info(
          "shared agent configured tunnels={} left={} hash={}",
          fit.tunnels().size(),
          fit.left().size(),
          hash);
    }
    published = fit;
    pods.announce(carrier, hash);
    Stream.concat(before.left().stream(), fit.left().stream())
        .filter(tunnel -> before.left().contains(tunnel) != fit.left().contains(tunnel))
        .forEach(triggers::tunnel);
    return issued.renewAt();
  }

  private void write(Map<String, String> files) {
    Apply.own(
        client,
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(config.namespace())
            .withName(config.agent().secret())
            .addToLabels(Labels.AGENT, Labels.SHARED)
            .addToLabels(Labels.MANAGED_BY, Labels.FIELD_MANAGER)
            .endMetadata()
            .withData(AgentConfigs.secretData(files))
            .build());
  }
}
