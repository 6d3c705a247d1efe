package io.pgrok.operator.it;

import static io.pgrok.operator.it.ApiServer.NAMESPACE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.pgrok.operator.Labels;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Tunnels exist when the operator starts: nothing has to change for them to be looked at, and what
 * the operator before did not finish is finished.
 */
@QuarkusTest
@WithTestResource(RestartIT.Existing.class)
class RestartIT {

  private static final String SERVER = "existing";

  /** A cluster as an operator finds it again. */
  public static final class Existing extends ApiServer {
    @Override
    void prepare(KubernetesClient client) throws IOException {
      super.prepare(client);
      client
          .load(
              new ByteArrayInputStream(
                  """
                  apiVersion: pgrok.io/v1alpha1
                  kind: TunnelServer
                  metadata: {name: existing}
                  spec: {address: "pgrokd:4443", domain: existing.example.com}
                  ---
                  apiVersion: v1
                  kind: Service
                  metadata: {name: web, namespace: default}
                  spec: {ports: [{name: http, port: 80}]}
                  ---
                  apiVersion: pgrok.io/v1alpha1
                  kind: Tunnel
                  metadata: {name: one, namespace: default}
                  spec: {server: existing, service: {name: web}}
                  ---
                  apiVersion: pgrok.io/v1alpha1
                  kind: Tunnel
                  metadata: {name: two, namespace: default}
                  spec: {server: existing, service: {name: web}}
                  ---
                  apiVersion: pgrok.io/v1alpha1
                  kind: Tunnel
                  metadata: {name: cut-off, namespace: default}
                  spec: {server: existing, workload: {kind: Deployment, name: cut-off, port: 80}}
                  ---
                  apiVersion: apps/v1
                  kind: Deployment
                  metadata: {name: cut-off, namespace: default}
                  spec:
                    selector: {matchLabels: {app: cut-off}}
                    template:
                      metadata: {labels: {app: cut-off}}
                      spec: {containers: [{name: app, image: app}]}
                  """
                      .getBytes(UTF_8)))
          .create();
      cutOff(client);
    }

    /** The operator before was killed when it had applied this sidecar, and had said nothing. */
    private static void cutOff(KubernetesClient client) {
      var sidecar =
          client
              .load(
                  new ByteArrayInputStream(
                      """
                      apiVersion: apps/v1
                      kind: Deployment
                      metadata: {name: cut-off, namespace: default}
                      spec:
                        template:
                          metadata: {labels: {pgrok.io/agent: sidecar}}
                          spec:
                            initContainers: [{name: pgrok, image: older, restartPolicy: Always}]
                      """
                          .getBytes(UTF_8)))
              .items()
              .getFirst();
      client
          .resource(sidecar)
          .patch(
              new PatchContext.Builder()
                  .withPatchType(PatchType.SERVER_SIDE_APPLY)
                  .withFieldManager(Labels.FIELD_MANAGER)
                  .build(),
              sidecar);
    }
  }

  @Inject World world;

  @Test
  void whatWasCutOffIsFinished() {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          assertThat(world.tunnel("default", "cut-off").getStatus()).isNotNull();
          assertThat(
                  world
                      .client
                      .apps()
                      .deployments()
                      .inNamespace("default")
                      .withName("cut-off")
                      .get()
                      .getSpec()
                      .getTemplate()
                      .getSpec()
                      .getInitContainers())
              .singleElement()
              .satisfies(sidecar ->
                  assertThat(sidecar.getImage()).isEqualTo(world.config.agent().image()));
          assertThat(world.sidecarSecrets("default"))
              .singleElement()
              .satisfies(secret ->
                  assertThat(World.session(secret, SERVER).tunnels())
                      .containsOnlyKeys("default/cut-off"));
        });
  }

  /** The Secret was written, and its pod was not told. */
  @Test
  void podThatWasNotToldIsTold() {
    world.awaitSharedConfig(SERVER, "default/one");
    world.agentPod(NAMESPACE, "untold", "127.0.0.21", Labels.SHARED, Map.of());
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() ->
              assertThat(world.podAnnotations(NAMESPACE, "untold"))
                  .containsKey(Labels.CONFIG_HASH));
    } finally {
      world.deletePod(NAMESPACE, "untold");
    }
  }

  @Test
  void theyAreWrittenToTheAgent() {
    world.awaitSharedConfig(SERVER, "default/one");
    world.awaitSharedConfig(SERVER, "default/two");
  }
}
