package io.pgrok.operator.agent;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.pgrok.operator.Apply;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.report.AgentPods;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the shared agent's Secret. One caller at a time. */
@ApplicationScoped
public class SharedAgent {

  private static final Logger log = LoggerFactory.getLogger(SharedAgent.class);

  private final KubernetesClient client;
  private final OperatorConfig config;
  private final RouteTable table;
  private final AgentPods pods;
  private String published = "";

  SharedAgent(KubernetesClient client, OperatorConfig config, RouteTable table, AgentPods pods) {
    this.client = client;
    this.config = config;
    this.table = table;
    this.pods = pods;
  }

  void publish() {
    var carrier = new Carrier.Shared();
    Map<String, String> files =
        AgentConfigs.files(table.serversOf(carrier), table.routesOf(carrier));
    String hash = AgentConfigs.hash(files);
    if (!hash.equals(published)) {
      var secret =
          new SecretBuilder()
              .withNewMetadata()
              .withNamespace(config.namespace())
              .withName(config.agent().secret())
              .addToLabels(Labels.AGENT, Labels.SHARED)
              .addToLabels(Labels.MANAGED_BY, Labels.FIELD_MANAGER)
              .endMetadata()
              .withData(AgentConfigs.secretData(files))
              .build();
      Apply.own(client, secret);
      published = hash;
      log.info("shared agent configured tunnels={} hash={}", table.tunnelsOf(carrier).size(), hash);
    }
    pods.announce(carrier, hash);
  }
}
