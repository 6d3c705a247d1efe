package io.pgrok.operator.it;

import static io.pgrok.operator.it.ApiServer.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelagent.TunnelAgent;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.Labels;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever the operator makes comes back when somebody deletes it, without anything else changing.
 * (Tunnels of Ingresses, and the Deployments of TunnelAgents, are in the tests of those.)
 */
@QuarkusTest
@WithTestResource(ApiServer.class)
class DependentsIT {

  private static final String SERVER = "dependents";
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
    world.client.services().inNamespace(ns).delete();
    world.client.resources(Tunnel.class).inAnyNamespace().delete();
    world.client.resources(TunnelAgent.class).inAnyNamespace().delete();
  }

  @Test
  void eachOfTheSharedAgentsSecrets() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: dependents, service: {name: web}}");
    world.awaitSharedConfig(SERVER, ns + "/web");

    var secrets = filled(NAMESPACE, world.config.agent().secret());
    assertThat(secrets).hasSize(2);
    secrets.forEach(this::comesBack);
  }

  @Test
  void theSecretOfASidecar() {
    world.deployment(ns, "web");
    world.tunnel(
        ns, "web", "{server: dependents, workload: {kind: Deployment, name: web, port: 80}}");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(secretsOf(Labels.SIDECAR)).hasSize(1));

    comesBack(secretsOf(Labels.SIDECAR).getFirst());
  }

  @Test
  void theSecretOfASidecarWithoutItsLabel() {
    world.deployment(ns, "web");
    world.tunnel(
        ns, "web", "{server: dependents, workload: {kind: Deployment, name: web, port: 80}}");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(secretsOf(Labels.SIDECAR)).hasSize(1));
    var secret = secretsOf(Labels.SIDECAR).getFirst();

    world
        .client
        .resource(secret)
        .edit(s -> new SecretBuilder(s).editMetadata().withLabels(Map.of()).endMetadata().build());

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(secretsOf(Labels.SIDECAR)).hasSize(1));
  }

  @Test
  void eachOfATunnelAgentsSecrets() {
    world.apply(
        ns,
        """
        apiVersion: pgrok.io/v1alpha1
        kind: TunnelAgent
        metadata: {name: fast}
        spec: {}
        """);
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: dependents, service: {name: web}, agent: fast}");
    await("its sessions, and the part with the Tunnel")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(secretsOf(Labels.NAMED)).hasSize(2));

    secretsOf(Labels.NAMED).forEach(this::comesBack);
  }

  @Test
  void whatSomebodyWritesIntoASecretGoes() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: dependents, service: {name: web}}");
    world.awaitSharedConfig(SERVER, ns + "/web");
    var wanted = filled(NAMESPACE, world.config.agent().secret());
    assertThat(wanted).hasSize(2);

    for (var secret : wanted) {
      world
          .client
          .resource(secret)
          .edit(s ->
              new SecretBuilder(s)
                  .withData(Map.of(s.getData().keySet().iterator().next(), "e30="))
                  .build());
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(((Secret) again(secret)).getData()).isEqualTo(secret.getData()));
    }
  }

  @Test
  void theKeyOfShareLinks() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: dependents, service: {name: web}, access: {share: {}}}");
    world.awaitSharedConfig(SERVER, ns + "/web");

    comesBack(world.client.secrets().inNamespace(ns).withName("web-share").get());
  }

  @Test
  void theTunnelOfAServicesPort() {
    world.apply(
        ns,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: db, annotations: {pgrok.io/server: dependents}}
        spec:
          type: LoadBalancer
          loadBalancerClass: pgrok.io/tunnel
          ports: [{name: sql, port: 5432}]
        """);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(world.tunnel(ns, "service-db-5432")).isNotNull());

    comesBack(world.tunnel(ns, "service-db-5432"));
  }

  @Test
  void theTunnelServerOfAConnectionSecret() {
    world.apply(
        NAMESPACE,
        """
        apiVersion: v1
        kind: Secret
        metadata:
          name: dependents-connection
          labels: {pgrok.io/connection: "true", pgrok.io/tunnel-server: discovered}
        stringData: {address: "pgrokd:4443", domain: discovered.example.com}
        """);
    var server = world.client.resources(TunnelServer.class).withName("discovered");
    try {
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.get()).isNotNull());

      comesBack(server.get());
    } finally {
      world.client.secrets().inNamespace(NAMESPACE).withName("dependents-connection").delete();
      server.delete();
    }
  }

  private void comesBack(HasMetadata made) {
    world.client.resource(made).delete();
    await(made.getKind() + " " + made.getMetadata().getName())
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(again(made))
                .isNotNull()
                .satisfies(it ->
                    assertThat(it.getMetadata().getUid())
                        .isNotEqualTo(made.getMetadata().getUid())));
    if (made instanceof Secret secret && !secret.getMetadata().getName().endsWith("-share")) {
      assertThat(((Secret) again(made)).getData()).isEqualTo(secret.getData());
    }
  }

  /** Of an agent Deployment's, those that hold anything. */
  private List<Secret> filled(String namespace, String name) {
    return world.secrets(namespace, name).stream()
        .filter(secret -> secret.getData() != null && !secret.getData().isEmpty())
        .toList();
  }

  private HasMetadata again(HasMetadata made) {
    return world.client.resource(made).get();
  }

  private List<Secret> secretsOf(String kind) {
    return world.client.secrets().inNamespace(ns).withLabel(Labels.AGENT, kind).list().getItems();
  }
}
