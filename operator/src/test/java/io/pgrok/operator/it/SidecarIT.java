package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;
import io.pgrok.operator.status.Reason;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Tunnel to a workload: the sidecar comes, stays and goes. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class SidecarIT {

  private static final String SERVER = "sidecars";
  private static final String WEB =
      "{server: sidecars, workload: {kind: Deployment, name: web, port: 8080}}";

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
  }

  @Test
  void workloadThatComesLaterGetsTheSidecarAndItsSecret() {
    world.tunnel(ns, "web", WEB);
    world.awaitReason(ns, "web", Reason.WORKLOAD_NOT_FOUND);

    world.deployment(ns, "web");
    awaitSidecar();

    var secret = onlySecret();
    assertThat(World.session(secret, SERVER).tunnels().get(ns + "/web").proto())
        .containsExactly(Map.entry("http+https", "127.0.0.1:8080"));
    assertThat(secret.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner -> assertThat(owner.getUid()).isEqualTo(web().getMetadata().getUid()));
  }

  @Test
  void tunnelThatIsHeldLeavesTheSidecarWhereItIs() {
    world.deployment(ns, "web");
    world.tunnel(ns, "web", WEB);
    awaitSidecar();
    await()
        .untilAsserted(() -> assertThat(World.session(onlySecret(), SERVER).tunnels()).hasSize(1));
    var generation = web().getMetadata().getGeneration();

    world.tunnel(ns, "web", WEB.replaceFirst("server:", "suspend: true, server:"));
    world.awaitReason(ns, "web", Reason.SUSPENDED);
    await()
        .untilAsserted(() -> assertThat(World.session(onlySecret(), SERVER).tunnels()).isEmpty());
    assertThat(web().getMetadata().getGeneration()).isEqualTo(generation);

    world.client.resource(world.tunnel(ns, "web")).delete();
    await().untilAsserted(() -> assertThat(sidecars()).isEmpty());
  }

  @Test
  void severalTunnelsShareOneSidecarAndItGoesWithTheLast() {
    world.deployment(ns, "web");
    world.tunnel(ns, "one", WEB);
    world.tunnel(ns, "two", WEB.replace("8080", "9090"));
    awaitSidecar();
    await()
        .untilAsserted(() ->
            assertThat(World.session(onlySecret(), SERVER).tunnels())
                .containsOnlyKeys(ns + "/one", ns + "/two"));
    var generation = web().getMetadata().getGeneration();

    world.client.resource(world.tunnel(ns, "one")).delete();

    await()
        .untilAsserted(() ->
            assertThat(World.session(onlySecret(), SERVER).tunnels())
                .containsOnlyKeys(ns + "/two"));
    assertThat(web().getMetadata().getGeneration())
        .as("the pods are not rolled for a route")
        .isEqualTo(generation);

    world.client.resource(world.tunnel(ns, "two")).delete();

    await()
        .untilAsserted(() -> {
          assertThat(secrets()).isEmpty();
          assertThat(sidecars()).isEmpty();
          assertThat(web().getSpec().getTemplate().getMetadata().getLabels())
              .containsOnlyKeys("app");
        });
  }

  @Test
  void itStaysWhenOthersWriteTheWorkload() {
    world.deployment(ns, "web");
    world.tunnel(ns, "web", WEB);
    awaitSidecar();

    world
        .client
        .apps()
        .deployments()
        .inNamespace(ns)
        .withName("web")
        .patch(
            PatchContext.of(PatchType.STRATEGIC_MERGE),
            """
            {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "app:2"}]}}}}
            """);
    world.deployment(ns, "web");

    assertThat(sidecars()).hasSize(1);
  }

  @Test
  void whoKeepsTakingItAwayIsNamed() {
    world.deployment(ns, "web");
    world.tunnel(ns, "web", WEB);
    awaitSidecar();

    replaceWithout();
    awaitSidecar();
    replaceWithout();

    var removed = world.awaitReason(ns, "web", Reason.SIDECAR_REMOVED);
    assertThat(removed.getMessage()).contains("took the sidecar out of Deployment web twice");
    assertThat(sidecars()).isEmpty();
  }

  @Test
  void oneOfTheSameNameThatIsMadeAnewGetsASidecarAndASecretOfItsOwn() {
    world.deployment(ns, "web");
    world.tunnel(ns, "web", WEB);
    awaitSidecar();
    String before = web().getMetadata().getUid();

    // At once, so that the operator may see one of the two only.
    world.client.resource(web()).delete();
    world.deployment(ns, "web");

    awaitSidecar();
    assertThat(web().getMetadata().getUid()).isNotEqualTo(before);
    await()
        .untilAsserted(() ->
            assertThat(onlySecret().getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(
                    owner -> assertThat(owner.getUid()).isEqualTo(web().getMetadata().getUid())));
  }

  @Test
  void policyThatTakesItOutIsOnTheTunnelUntilItGoes() throws Exception {
    try (var policy = new StrippingWebhook(world, ns)) {
      world.deployment(ns, "web");
      var generation = web().getMetadata().getGeneration();
      world.tunnel(ns, "web", WEB);

      var refused = world.awaitReason(ns, "web", Reason.SIDECAR_REFUSED);

      assertThat(refused.getMessage()).contains("webhook or policy").contains("pgrok");
      await().atMost(Duration.ofSeconds(30)).until(() -> policy.stripped() >= 4);
      assertThat(web().getMetadata().getGeneration())
          .as("no pod is rolled for a sidecar that would not stay")
          .isEqualTo(generation);
      assertThat(world.ready(ns, "web")).contains(refused);
    }
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(sidecars()).hasSize(1));
  }

  @Test
  void workloadThatMakesNoPodsIsNamedWithWhatToDo() {
    world.deployment(ns, "web");
    scale(0);
    world.tunnel(ns, "web", WEB);

    await()
        .untilAsserted(() ->
            assertThat(world.ready(ns, "web").map(Condition::getMessage))
                .contains(
                    "no pod of Deployment web has the sidecar: it has 0 replicas; scale it up"));

    scale(1);

    await()
        .untilAsserted(() ->
            assertThat(world.ready(ns, "web").map(Condition::getMessage))
                .contains("no agent answers that carries it: no agent pod is running"));
  }

  @Test
  void containerOfItsNameIsLeftAloneAndNamed() {
    world.apply(
        ns,
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: pgrok, image: app}]}
        """);
    world.tunnel(ns, "web", WEB);

    assertThat(world.awaitReason(ns, "web", Reason.SIDECAR_REFUSED).getMessage())
        .contains("Duplicate value")
        .contains("pgrok");
    assertThat(sidecars()).isEmpty();
  }

  @Test
  void tunnelMovesToAServiceAndBack() {
    world.deployment(ns, "web");
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", WEB);
    awaitSidecar();

    world.tunnel(ns, "web", "{server: sidecars, service: {name: web}}");
    world.awaitSharedConfig(SERVER, ns + "/web");
    await()
        .untilAsserted(() -> {
          assertThat(sidecars()).isEmpty();
          assertThat(secrets()).isEmpty();
        });

    world.tunnel(ns, "web", WEB);
    awaitSidecar();
    await()
        .untilAsserted(() -> {
          assertThat(World.session(onlySecret(), SERVER).tunnels()).hasSize(1);
          assertThat(world.sharedConfig(SERVER).tunnels()).doesNotContainKey(ns + "/web");
        });
  }

  @Test
  void theLongestNamesFit() {
    String name = "n".repeat(63);
    world.deployment(ns, name);
    world.tunnel(ns, name, WEB.replace("name: web", "name: " + name));

    await()
        .untilAsserted(() ->
            assertThat(
                    world
                        .client
                        .apps()
                        .deployments()
                        .inNamespace(ns)
                        .withName(name)
                        .get()
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getInitContainers())
                .hasSize(1));
    var tunnel = World.session(onlySecret(), SERVER).tunnels().get(ns + "/" + name);
    assertThat(tunnel.subdomain()).hasSize(63).startsWith("nnn");
  }

  private void scale(int replicas) {
    world.client.apps().deployments().inNamespace(ns).withName("web").scale(replicas);
  }

  @Test
  void statusComesFromTheSidecarsOwnPods() throws IOException {
    world.deployment(ns, "web");
    world.tunnel(ns, "web", WEB);
    awaitSidecar();
    var config = World.session(onlySecret(), SERVER);
    String elsewhere = world.namespace();
    try (var own = new FakeAgent("127.0.0.3", world.config.agent().statusPort());
        var foreign = new FakeAgent("127.0.0.4", world.config.agent().statusPort())) {
      foreign.report(FakeAgent.online(SERVER, config, "evil.example.com"));
      own.report(FakeAgent.online(SERVER, config, "sidecars.example.com"));
      var workload = Map.of(Labels.WORKLOAD, "Deployment/web");
      world.agentPod(elsewhere, "foreign", "127.0.0.4", Labels.SIDECAR, workload);
      world.agentPod(ns, "own", "127.0.0.3", Labels.SIDECAR, workload);

      world.awaitReason(ns, "web", Reason.REGISTERED);

      assertThat(world.tunnel(ns, "web").getStatus().url()).endsWith(".sidecars.example.com");
    } finally {
      world.deletePod(ns, "own");
      world.deletePod(elsewhere, "foreign");
    }
  }

  @Test
  void restrictedNamespacesWouldTakeIt() {
    world.deployment(ns, "web");
    world.tunnel(ns, "web", WEB);
    awaitSidecar();

    var security = sidecars().getFirst().getSecurityContext();

    assertThat(security.getRunAsNonRoot()).isTrue();
    assertThat(security.getAllowPrivilegeEscalation()).isFalse();
    assertThat(security.getReadOnlyRootFilesystem()).isTrue();
    assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(security.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
  }

  private void awaitSidecar() {
    await().untilAsserted(() -> assertThat(sidecars()).hasSize(1));
  }

  private Deployment web() {
    return world.client.apps().deployments().inNamespace(ns).withName("web").get();
  }

  private List<Container> sidecars() {
    return web().getSpec().getTemplate().getSpec().getInitContainers();
  }

  private List<Secret> secrets() {
    return world.sidecarSecrets(ns);
  }

  private Secret onlySecret() {
    assertThat(secrets()).hasSize(1);
    return secrets().getFirst();
  }

  /** What {@code kubectl replace} with the manifest of before does. */
  private void replaceWithout() {
    await()
        .untilAsserted(() ->
            world
                .client
                .resource(
                    new DeploymentBuilder(web())
                        .editSpec()
                        .editTemplate()
                        .editSpec()
                        .withInitContainers(List.of())
                        .withVolumes(List.of())
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .update());
  }
}
