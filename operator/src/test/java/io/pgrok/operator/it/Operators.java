package io.pgrok.operator.it;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An API server, an agent that seems to run there, and packaged operators, which can die. */
final class Operators implements AutoCloseable {

  final ApiServerProcess api = ApiServerProcess.start();
  final KubernetesClient client = ApiServerProcess.client(api.adminKubeconfig());
  final World world;
  final FakeAgent agent;
  private final List<Shipped> started = new ArrayList<>();

  /**
   * @param agentAddress a loopback address that no other test uses
   */
  Operators(String agentAddress) throws IOException {
    new ApiServer().prepare(client);
    world = new World(config(ApiServerProcess.freePort()), client);
    agent = new FakeAgent(agentAddress, world.config.agent().statusPort());
    world.agentPod(ApiServer.NAMESPACE, "agent", agentAddress, Labels.SHARED, Map.of());
  }

  /**
   * @param settings environment variables besides those that it needs
   */
  Shipped start(String name, Duration lease, Map<String, String> settings) {
    var environment =
        new HashMap<>(
            Map.of(
                "KUBECONFIG", api.operatorKubeconfig().toString(),
                "PGROK_NAMESPACE", ApiServer.NAMESPACE,
                "PGROK_AGENT_STATUS_PORT", String.valueOf(world.config.agent().statusPort()),
                "PGROK_LEASE_DURATION", lease.toString(),
                "PGROK_LEASE_RENEW_DEADLINE", lease.multipliedBy(2).dividedBy(3).toString(),
                "PGROK_LEASE_RETRY_PERIOD", "500ms",
                "QUARKUS_HTTP_PORT", String.valueOf(ApiServerProcess.freePort()),
                "QUARKUS_HTTP_HOST", "127.0.0.1"));
    environment.putAll(settings);
    try {
      var operator = Shipped.operator("operator-" + name, "512m", environment);
      started.add(operator);
      return operator;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Who holds the Lease; empty for nobody. */
  String leader() {
    var lease =
        client
            .leases()
            .inNamespace(ApiServer.NAMESPACE)
            .withName(world.config.lease().name())
            .get();
    LeaseSpec spec = lease == null ? null : lease.getSpec();
    return spec == null ? "" : Objects.requireNonNullElse(spec.getHolderIdentity(), "");
  }

  /** As if the Lease of one that died had run out. */
  void freeTheLease() {
    client
        .leases()
        .inNamespace(ApiServer.NAMESPACE)
        .withName(world.config.lease().name())
        .edit(lease ->
            new LeaseBuilder(lease).editOrNewSpec().withHolderIdentity(null).endSpec().build());
  }

  /** Ends all that were started. */
  void stop() {
    started.forEach(Shipped::close);
    started.clear();
  }

  @Override
  public void close() {
    stop();
    agent.close();
    client.close();
    api.close();
  }

  private static OperatorConfig config(int statusPort) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .addDiscoveredConverters()
        .withMapping(OperatorConfig.class)
        .withDefaultValues(
            Map.of(
                "pgrok.namespace",
                ApiServer.NAMESPACE,
                "pgrok.agent.image",
                "pgrok/agent:1",
                "pgrok.agent.status-port",
                String.valueOf(statusPort)))
        .build()
        .getConfigMapping(OperatorConfig.class);
  }
}
