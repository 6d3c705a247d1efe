package io.pgrok.operator.agent;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.pgrok.operator.Apply;
import io.pgrok.operator.Labels;
import io.pgrok.operator.name.DnsLabel;
import io.pgrok.operator.report.AgentPods;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the Secrets of TunnelAgents. One caller at a time per carrier. */
@ApplicationScoped
public class NamedAgents {

  private static final Logger log = LoggerFactory.getLogger(NamedAgents.class);

  private final KubernetesClient client;
  private final RouteTable table;
  private final AgentPods pods;
  private final Clock clock;
  private final Map<Carrier.Named, OwnerReference> owners = new ConcurrentHashMap<>();
  private final Map<Carrier.Named, String> published = new ConcurrentHashMap<>();

  NamedAgents(KubernetesClient client, RouteTable table, AgentPods pods, Clock clock) {
    this.client = client;
    this.table = table;
    this.pods = pods;
    this.clock = clock;
  }

  /** Name of a TunnelAgent's Deployment and Secret. */
  public static String objectName(String agent) {
    return "pgrok-" + labelOf(agent);
  }

  /** What a label can hold of a TunnelAgent's name: at most 63 characters. */
  public static String labelOf(String agent) {
    return DnsLabel.unique("TunnelAgent", agent);
  }

  /** A TunnelAgent exists. */
  public void known(Carrier.Named carrier, OwnerReference owner) {
    if (!owner.equals(owners.put(carrier, owner))) {
      // Its Secret went with the one of the same name before it.
      published.remove(carrier);
    }
  }

  /** A TunnelAgent is gone, and its Secret with it. */
  public void gone(Carrier.Named carrier) {
    owners.remove(carrier);
    published.remove(carrier);
  }

  /**
   * @return when it has to be done again for the sake of tokens
   */
  Instant publish(Carrier.Named carrier) {
    var owner = owners.get(carrier);
    if (owner == null) {
      return Instant.MAX;
    }
    var routes = table.routesOf(carrier);
    var issued = Tokens.issue(carrier, table.serversOf(carrier), routes.values(), clock.instant());
    var files = AgentConfigs.files(issued.servers(), routes);
    String hash = AgentConfigs.hash(files);
    if (!hash.equals(published.get(carrier))) {
      write(carrier, owner, files);
      published.put(carrier, hash);
      log.info("agents configured carrier={} tunnels={} hash={}", carrier, routes.size(), hash);
    }
    pods.announce(carrier, hash);
    return issued.renewAt();
  }

  private void write(Carrier.Named carrier, OwnerReference owner, Map<String, String> files) {
    Apply.own(
        client,
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(carrier.namespace())
            .withName(objectName(carrier.name()))
            .addToLabels(Labels.AGENT, Labels.NAMED)
            .addToLabels(Labels.MANAGED_BY, Labels.FIELD_MANAGER)
            .withOwnerReferences(owner)
            .endMetadata()
            .withData(AgentConfigs.secretData(files))
            .build());
  }
}
