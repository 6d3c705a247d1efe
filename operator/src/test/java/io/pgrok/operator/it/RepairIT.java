package io.pgrok.operator.it;

import static io.pgrok.operator.it.ApiServer.NAMESPACE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** All Tunnels and servers were deleted while no operator was there. */
@QuarkusTest
@WithTestResource(RepairIT.Remains.class)
class RepairIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A cluster as an operator left it that had tunnels, without the tunnels. */
  public static final class Remains extends ApiServer {
    @Override
    void prepare(KubernetesClient client) throws IOException {
      super.prepare(client);
      apply(
          client,
          Labels.FIELD_MANAGER,
          """
          apiVersion: v1
          kind: Secret
          metadata: {name: pgrok-agent, namespace: pgrok}
          data: {default.yml: c2VydmVyX2FkZHI6IHBncm9rZDo0NDQz}
          """);
      apply(
          client,
          "owner",
          """
          apiVersion: apps/v1
          kind: Deployment
          metadata: {name: web, namespace: default}
          spec:
            selector: {matchLabels: {app: web}}
            template:
              metadata: {labels: {app: web}}
              spec: {containers: [{name: app, image: app}]}
          """);
      apply(
          client,
          Labels.FIELD_MANAGER,
          """
          apiVersion: apps/v1
          kind: Deployment
          metadata: {name: web, namespace: default}
          spec:
            template:
              metadata: {labels: {pgrok.io/agent: sidecar}}
              spec:
                initContainers: [{name: pgrok, image: pgrok/agent, restartPolicy: Always}]
          """);
    }

    private static void apply(KubernetesClient client, String manager, String manifest) {
      var patch =
          new PatchContext.Builder()
              .withPatchType(PatchType.SERVER_SIDE_APPLY)
              .withFieldManager(manager)
              .build();
      client.load(new ByteArrayInputStream(manifest.getBytes(UTF_8))).items().stream()
          .forEach(item -> client.resource(item).patch(patch, item));
    }
  }

  @Inject World world;
  @Inject OperatorConfig config;

  @Test
  void whatTheyLeftBehindGoes() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(sharedSecret().getData()).isNullOrEmpty());
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          var template =
              world
                  .client
                  .apps()
                  .deployments()
                  .inNamespace("default")
                  .withName("web")
                  .get()
                  .getSpec()
                  .getTemplate();
          assertThat(template.getSpec().getInitContainers()).isEmpty();
          assertThat(template.getMetadata().getLabels()).containsOnlyKeys("app");
        });
  }

  private Secret sharedSecret() {
    return world.client.secrets().inNamespace(NAMESPACE).withName(config.agent().secret()).get();
  }
}
