package io.pgrok.operator.it;

import static io.pgrok.operator.it.ApiServer.NAMESPACE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.agent.DeployedAgents;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * All Tunnels and servers were deleted while no operator was there, and an Ingress went to somebody
 * else.
 */
@QuarkusTest
@WithTestResource(RepairIT.Remains.class)
class RepairIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** One of the Secrets of TunnelAgent {@code own}. */
  private static final String NAMED = DeployedAgents.secretNames("own").get(5);

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
          ---
          apiVersion: v1
          kind: Secret
          metadata: {name: pgrok-agent-1, namespace: pgrok}
          data: {default.1.tunnels: dHVubmVsczoge30K}
          ---
          apiVersion: v1
          kind: Secret
          metadata: {name: %s, namespace: default}
          data: {default.4.tunnels: dHVubmVsczoge30K}
          ---
          apiVersion: pgrok.io/v1alpha1
          kind: TunnelAgent
          metadata: {name: own, namespace: default}
          spec: {}
          """
              .formatted(NAMED));
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
      wentElsewhere(client);
    }

    private static void wentElsewhere(KubernetesClient client) {
      apply(
          client,
          "owner",
          """
          apiVersion: networking.k8s.io/v1
          kind: Ingress
          metadata: {name: web, namespace: default}
          spec:
            ingressClassName: other
            defaultBackend: {service: {name: web, port: {number: 80}}}
          """);
      var ingress = client.network().v1().ingresses().inNamespace("default").withName("web").get();
      apply(
          client,
          Labels.FIELD_MANAGER,
          """
          apiVersion: pgrok.io/v1alpha1
          kind: Tunnel
          metadata:
            name: ingress-web
            namespace: default
            labels: {app.kubernetes.io/managed-by: pgrok-operator}
            ownerReferences:
              - {apiVersion: networking.k8s.io/v1, kind: Ingress, name: web, uid: %s, controller: true}
          spec: {service: {name: web, port: 80}}
          """
              .formatted(ingress.getMetadata().getUid()));
      var said =
          new IngressBuilder()
              .withNewMetadata()
              .withNamespace("default")
              .withName("web")
              .endMetadata()
              .withNewStatus()
              .withNewLoadBalancer()
              .addNewIngress()
              .withHostname("tunnels.example.com")
              .endIngress()
              .endLoadBalancer()
              .endStatus()
              .build();
      client.resource(said).subresource("status").patch(as(Labels.FIELD_MANAGER), said);
    }

    private static PatchContext as(String manager) {
      return new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(manager)
          .build();
    }

    private static void apply(KubernetesClient client, String manager, String manifest) {
      client.load(new ByteArrayInputStream(manifest.getBytes(UTF_8))).items().stream()
          .forEach(item -> client.resource(item).patch(as(manager), item));
    }
  }

  @Inject World world;
  @Inject OperatorConfig config;

  @Test
  void whatTheyLeftBehindGoes() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(world.secrets(NAMESPACE, config.agent().secret()))
                .hasSizeGreaterThan(1)
                .allSatisfy(secret -> assertThat(secret.getData()).isNullOrEmpty()));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(
                    world.client.secrets().inNamespace("default").withName(NAMED).get().getData())
                .isNullOrEmpty());
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

  @Test
  void whatAnotherServesNowIsLeftToHim() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(world.tunnel("default", "ingress-web")).isNull();
          var ingress =
              world.client.network().v1().ingresses().inNamespace("default").withName("web").get();
          assertThat(ingress.getStatus().getLoadBalancer().getIngress()).isEmpty();
        });
  }
}
