package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelagent.TunnelAgent;
import io.pgrok.operator.Labels;
import io.pgrok.operator.agent.DeployedAgents;
import io.pgrok.operator.status.Reason;
import io.pgrok.protocol.agent.AgentConfig;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A namespace's own agents carry the Tunnels that name them. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class TunnelAgentIT {

  private static final String SERVER = "named";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Inject World world;

  private String ns;

  @BeforeEach
  void server() {
    ns = world.namespace();
    world.server(SERVER, false);
  }

  @AfterEach
  void clear() {
    world.client.resources(Tunnel.class).inAnyNamespace().delete();
    world.client.resources(TunnelAgent.class).inAnyNamespace().delete();
  }

  @Test
  void aTunnelWaitsForItsAgentAndIsWrittenToItsSecretOnly() {
    tunnel();
    world.awaitReason(ns, "web", Reason.AGENT_NOT_FOUND);

    agent("{replicas: 2}");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(config().tunnels()).containsOnlyKeys(ns + "/web"));
    assertThat(world.sharedConfig(SERVER).tunnels()).doesNotContainKey(ns + "/web");
    assertThat(deployment().getSpec().getReplicas()).isEqualTo(2);
  }

  @Test
  void theAgentIsReadyWhenItsDeploymentHasAPod() {
    agent("{}");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(ready()).isEqualTo("AgentNotReady"));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(deployment()).isNotNull());

    world
        .client
        .apps()
        .deployments()
        .inNamespace(ns)
        .withName(DeployedAgents.objectName("fast"))
        .editStatus(deployment ->
            new DeploymentBuilder(deployment)
                .withNewStatus()
                .withReplicas(1)
                .withReadyReplicas(1)
                .withAvailableReplicas(1)
                .endStatus()
                .build());

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(ready()).isEqualTo("AgentsAvailable"));
  }

  @Test
  void itsTunnelsAreReadyWhenItReportsThem() throws IOException {
    agent("{}");
    tunnel();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(config().tunnels()).containsKey(ns + "/web"));
    try (var pod = new FakeAgent("127.0.0.7", world.config.agent().statusPort())) {
      world.agentPod(ns, "fast-1", "127.0.0.7", Labels.NAMED, Map.of(Labels.TUNNEL_AGENT, "fast"));
      pod.report(FakeAgent.online(SERVER, config(), "named.example.com"));
      world.awaitReason(ns, "web", Reason.REGISTERED);
      world.deletePod(ns, "fast-1");
    }
  }

  @Test
  void aDeletedDeploymentIsMadeAgain() {
    agent("{}");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(deployment()).isNotNull());
    String uid = deployment().getMetadata().getUid();

    world.client.resource(deployment()).delete();

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(deployment())
                .isNotNull()
                .satisfies(it -> assertThat(it.getMetadata().getUid()).isNotEqualTo(uid)));
  }

  private void agent(String spec) {
    world.apply(
        ns,
        """
        apiVersion: pgrok.io/v1alpha1
        kind: TunnelAgent
        metadata: {name: fast}
        spec: %s
        """
            .formatted(spec));
  }

  private void tunnel() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: %s, agent: fast, service: {name: web}}".formatted(SERVER));
  }

  private Deployment deployment() {
    return world
        .client
        .apps()
        .deployments()
        .inNamespace(ns)
        .withName(DeployedAgents.objectName("fast"))
        .get();
  }

  private AgentConfig config() {
    return World.session(world.secrets(ns, DeployedAgents.objectName("fast")), SERVER);
  }

  private String ready() {
    var status =
        world
            .client
            .resources(TunnelAgent.class)
            .inNamespace(ns)
            .withName("fast")
            .get()
            .getStatus();
    return status == null
        ? ""
        : status.conditions().stream()
            .filter(condition -> condition.getType().equals("Ready"))
            .map(Condition::getReason)
            .findFirst()
            .orElse("");
  }
}
