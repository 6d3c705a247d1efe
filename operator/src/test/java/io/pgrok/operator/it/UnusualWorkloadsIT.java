package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;
import io.pgrok.operator.status.Reason;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sidecars in workloads of every kind and make, and in the hands of kubectl. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class UnusualWorkloadsIT {

  private static final String SERVER = "unusual";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: app, image: "app:%s"}]}
      """;

  @Inject World world;
  @TempDir Path folder;

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
  void statefulSetThatStartsItsPodsInParallelHasItUntilItsTunnelGoes() {
    statefulSet("podManagementPolicy: Parallel");
    tunnel("StatefulSet");

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(ofStatefulSet()).hasSize(1));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(message()).contains("no agent pod is running").contains("no agent"));

    world.client.resource(world.tunnel(ns, "web")).delete();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(ofStatefulSet()).isEmpty());
  }

  @Test
  void whoUpdatesOnDeleteOnlyIsToldToDelete() {
    statefulSet("updateStrategy: {type: OnDelete}");
    tunnel("StatefulSet");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(message())
                .isEqualTo(
                    "no pod of StatefulSet web has the sidecar: its update strategy is OnDelete;"
                        + " delete its pods, so that new ones have the sidecar"));
  }

  @Test
  void daemonSetHasItToo() {
    world.apply(
        ns,
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: web}
        spec:
          updateStrategy: {type: OnDelete}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: app}]}
        """);
    tunnel("DaemonSet");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(
                    sidecars(
                        world
                            .client
                            .apps()
                            .daemonSets()
                            .inNamespace(ns)
                            .withName("web")
                            .get()
                            .getSpec()
                            .getTemplate()))
                .hasSize(1));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(message()).contains("of DaemonSet web").contains("delete its pods"));
  }

  @Test
  void pausedDeploymentIsToldToResume() {
    deployment("paused: true", "");
    tunnel("Deployment");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(message()).contains("its roll-out is paused; resume it"));
    // Status and sidecar go their ways at the same time.
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));
  }

  @Test
  void nodesNetworkIsNoPlaceForIt() {
    deployment("", "hostNetwork: true");
    tunnel("Deployment");

    assertThat(world.awaitReason(ns, "web", Reason.INVALID_TARGET).getMessage())
        .isEqualTo(
            "pods of Deployment web use their node's network (hostNetwork), where a sidecar cannot"
                + " run; expose a Service instead");
    assertThat(sidecars()).isEmpty();

    deployment("", "hostNetwork: false");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));

    deployment("", "hostNetwork: true");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).isEmpty());
    world.awaitReason(ns, "web", Reason.INVALID_TARGET);
  }

  @Test
  void initContainerOfItsNameIsLeftAloneAndNamed() {
    deployment("", "initContainers: [{name: pgrok, image: theirs}]");
    tunnel("Deployment");

    assertThat(world.awaitReason(ns, "web", Reason.SIDECAR_REFUSED).getMessage())
        .contains("conflict")
        .contains("pgrok");
    assertThat(web().getSpec().getTemplate().getSpec().getInitContainers())
        .singleElement()
        .satisfies(theirs -> {
          assertThat(theirs.getImage()).isEqualTo("theirs");
          assertThat(theirs.getVolumeMounts()).isEmpty();
        });
  }

  @Test
  void volumeOfTheSameNameIsLeftAloneAndNamed() {
    deployment("", "volumes: [{name: pgrok-sessions, emptyDir: {}}]");
    tunnel("Deployment");

    assertThat(world.awaitReason(ns, "web", Reason.SIDECAR_REFUSED).getMessage())
        .contains("pgrok-sessions");
    assertThat(sidecars()).isEmpty();
  }

  @Test
  void scalingRollsNoPods() {
    deployment("replicas: 2", "");
    tunnel("Deployment");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));
    PodTemplateSpec before = web().getSpec().getTemplate();

    for (int replicas : List.of(5, 1, 3)) {
      world.client.apps().deployments().inNamespace(ns).withName("web").scale(replicas);
    }
    world.tunnel(ns, "late", "{server: unusual, service: {name: absent}}");
    world.awaitReason(ns, "late", Reason.SERVICE_NOT_FOUND);

    assertThat(web().getSpec().getTemplate()).isEqualTo(before);
    assertThat(web().getSpec().getReplicas()).isEqualTo(3);
  }

  @Test
  void kubectlAppliesAgainAndAgainAndItStays() throws Exception {
    kubectl("apply", "-f", "-", DEPLOYMENT.formatted("1"));
    tunnel("Deployment");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));

    long generation = web().getMetadata().getGeneration();

    kubectl("apply", "-f", "-", DEPLOYMENT.formatted("2"));
    assertThat(image()).isEqualTo("app:2");
    assertThat(sidecars()).hasSize(1);

    kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", DEPLOYMENT.formatted("3"));
    assertThat(image()).isEqualTo("app:3");
    assertThat(sidecars()).hasSize(1);
    assertThat(web().getSpec().getTemplate().getMetadata().getLabels())
        .containsEntry(Labels.AGENT, Labels.SIDECAR);
    world.tunnel(ns, "late", "{server: unusual, service: {name: absent}}");
    world.awaitReason(ns, "late", Reason.SERVICE_NOT_FOUND);
    assertThat(web().getMetadata().getGeneration())
        .as("nobody but kubectl has rolled the pods")
        .isEqualTo(generation + 2);
  }

  @Test
  void rollingBackToBeforeItWasThereBringsItBackOnce() throws Exception {
    kubectl("apply", "-f", "-", DEPLOYMENT.formatted("1"));
    revision(1);
    kubectl("apply", "-f", "-", DEPLOYMENT.formatted("2"));
    tunnel("Deployment");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));
    revision(2);
    long generation = web().getMetadata().getGeneration();

    kubectl("rollout", "undo", "deployment/web", "--to-revision=1", "");

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));
    assertThat(image()).isEqualTo("app:1");
    assertThat(web().getMetadata().getGeneration()).isEqualTo(generation + 2);

    kubectl("rollout", "undo", "deployment/web", "--to-revision=2", "");
    world.tunnel(ns, "late", "{server: unusual, service: {name: absent}}");
    world.awaitReason(ns, "late", Reason.SERVICE_NOT_FOUND);

    assertThat(image()).isEqualTo("app:2");
    assertThat(sidecars()).hasSize(1);
    assertThat(web().getMetadata().getGeneration()).isEqualTo(generation + 3);
  }

  @Test
  void rollingBackToWhatHadATunnelThatIsGoneLeavesNoSidecar() throws Exception {
    kubectl("apply", "-f", "-", DEPLOYMENT.formatted("1"));
    tunnel("Deployment");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));
    revision(1);
    world.client.resources(Tunnel.class).inNamespace(ns).delete();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).isEmpty());
    kubectl("apply", "-f", "-", DEPLOYMENT.formatted("2"));

    kubectl("rollout", "undo", "deployment/web", "--to-revision=1", "");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          var template = web().getSpec().getTemplate();
          assertThat(template.getSpec().getInitContainers()).isEmpty();
          assertThat(template.getSpec().getVolumes()).isEmpty();
          assertThat(template.getMetadata().getLabels()).containsOnlyKeys("app");
          assertThat(template.getMetadata().getAnnotations()).doesNotContainKey(Labels.WORKLOAD);
        });
    assertThat(image()).isEqualTo("app:1");
  }

  @Test
  void rollingBackTwiceLosesTheTunnelForAWhileOnlyAndSaysForHowLong() throws Exception {
    kubectl("apply", "-f", "-", DEPLOYMENT.formatted("1"));
    revision(1);
    tunnel("Deployment");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));
    revision(2);
    kubectl("rollout", "undo", "deployment/web", "--to-revision=1", "");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));

    kubectl("rollout", "undo", "deployment/web", "--to-revision=1", "");

    assertThat(world.awaitReason(ns, "web", Reason.SIDECAR_REMOVED).getMessage())
        .contains("it is applied once more at 20");
    assertThat(sidecars()).isEmpty();

    kubectl("rollout", "undo", "deployment/web", "--to-revision=2", "");

    world.awaitReason(ns, "web", Reason.AGENT_NOT_READY);
    assertThat(sidecars()).hasSize(1);
  }

  @Test
  void rollingBackToAnOlderSidecarBringsTheNewOneBackOnce() throws Exception {
    kubectl("apply", "-f", "-", DEPLOYMENT.formatted("1"));
    tunnel("Deployment");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));
    var older = new PodTemplateSpecBuilder(web().getSpec().getTemplate());
    older
        .editSpec()
        .editFirstInitContainer()
        .withImage("pgrok/agent:older")
        .endInitContainer()
        .endSpec();
    revision(1, older.build());
    long generation = web().getMetadata().getGeneration();

    kubectl("rollout", "undo", "deployment/web", "--to-revision=1", "");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(sidecars())
                .singleElement()
                .extracting(Container::getImage)
                .isEqualTo(world.config.agent().image()));
    assertThat(web().getMetadata().getGeneration()).isEqualTo(generation + 2);

    kubectl("rollout", "undo", "deployment/web", "--to-revision=1", "");
    world.tunnel(ns, "late", "{server: unusual, service: {name: absent}}");
    world.awaitReason(ns, "late", Reason.SERVICE_NOT_FOUND);

    assertThat(sidecars()).extracting(Container::getImage).containsExactly("pgrok/agent:older");
    assertThat(world.ready(ns, "web").orElseThrow().getReason())
        .isEqualTo(Reason.AGENT_NOT_READY.text());
  }

  /** What the Deployment's controller keeps of the pod template as it is now. */
  private void revision(int number) {
    revision(number, web().getSpec().getTemplate());
  }

  private void revision(int number, PodTemplateSpec template) {
    var web = web();
    var pods =
        new PodTemplateSpecBuilder(template)
            .editMetadata()
            .addToLabels("pod-template-hash", "r" + number)
            .endMetadata()
            .build();
    world
        .client
        .resource(
            new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace(ns)
                .withName("web-r" + number)
                .withLabels(pods.getMetadata().getLabels())
                .addToAnnotations("deployment.kubernetes.io/revision", String.valueOf(number))
                .addNewOwnerReference()
                .withApiVersion("apps/v1")
                .withKind("Deployment")
                .withName("web")
                .withUid(web.getMetadata().getUid())
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withReplicas(0)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .addToMatchLabels("pod-template-hash", "r" + number)
                .endSelector()
                .withTemplate(pods)
                .endSpec()
                .build())
        .create();
  }

  @Test
  void kubectlReplacesAndItIsBack() throws Exception {
    kubectl("apply", "-f", "-", DEPLOYMENT.formatted("1"));
    tunnel("Deployment");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));

    kubectl("replace", "-f", "-", DEPLOYMENT.formatted("2"));

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));
    assertThat(image()).isEqualTo("app:2");
  }

  @Test
  void everythingOfTheSameNamesMadeAnewIsServedAgain() {
    deployment("", "");
    world.service(ns, "api", 80);
    world.tunnel(ns, "api", "{server: unusual, service: {name: api}, subdomain: anew}");
    tunnel("Deployment");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));
    world.awaitSharedConfig(SERVER, ns + "/api");
    String before = web().getMetadata().getUid();

    world.client.resources(Tunnel.class).inNamespace(ns).delete();
    world.client.services().inNamespace(ns).delete();
    world.client.apps().deployments().inNamespace(ns).delete();
    world.client.secrets().inNamespace(ns).delete();
    deployment("", "");
    world.service(ns, "api", 8080);
    world.tunnel(ns, "api", "{server: unusual, service: {name: api}, subdomain: anew}");
    tunnel("Deployment");

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(sidecars()).hasSize(1));
    assertThat(web().getMetadata().getUid()).isNotEqualTo(before);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          var shared = world.sharedConfig(SERVER).tunnels();
          assertThat(shared).containsKey(ns + "/api");
          assertThat(shared.get(ns + "/api").proto().values())
              .containsExactly("api.%s.svc:8080".formatted(ns));
          assertThat(world.sidecarSecrets(ns))
              .singleElement()
              .satisfies(secret ->
                  assertThat(World.session(secret, SERVER).tunnels()).containsKey(ns + "/web"));
        });
  }

  private void tunnel(String kind) {
    world.tunnel(
        ns, "web", "{server: unusual, workload: {kind: %s, name: web, port: 80}}".formatted(kind));
  }

  private String message() {
    return world.ready(ns, "web").map(Condition::getMessage).orElse("");
  }

  private void statefulSet(String more) {
    world.apply(
        ns,
        """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: web}
        spec:
          %s
          serviceName: web
          replicas: 3
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: app}]}
        """
            .formatted(more));
  }

  private void deployment(String ofSpec, String ofPods) {
    world.apply(
        ns,
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          %s
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              %s
              containers: [{name: app, image: app}]
        """
            .formatted(ofSpec, ofPods));
  }

  private Deployment web() {
    return world.client.apps().deployments().inNamespace(ns).withName("web").get();
  }

  private String image() {
    return web().getSpec().getTemplate().getSpec().getContainers().getFirst().getImage();
  }

  private List<Container> sidecars() {
    return sidecars(web().getSpec().getTemplate());
  }

  private List<Container> ofStatefulSet() {
    return sidecars(
        world
            .client
            .apps()
            .statefulSets()
            .inNamespace(ns)
            .withName("web")
            .get()
            .getSpec()
            .getTemplate());
  }

  private static List<Container> sidecars(PodTemplateSpec template) {
    return template.getSpec().getInitContainers().stream()
        .filter(container -> "Always".equals(container.getRestartPolicy()))
        .toList();
  }

  /** The last word is its standard input. */
  private void kubectl(String... words) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Programs.path("kubectl").toString());
    command.add("--kubeconfig=" + System.getProperty(ApiServer.ADMIN_KUBECONFIG));
    command.add("--namespace=" + ns);
    command.addAll(List.of(words).subList(0, words.length - 1));
    Path input = Files.writeString(folder.resolve("input"), words[words.length - 1]);
    var process =
        new ProcessBuilder(command).redirectInput(input.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
