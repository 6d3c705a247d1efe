package io.pgrok.operator.it;

import static io.pgrok.operator.it.ApiServer.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.status.Reason;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection Secret becomes a TunnelServer. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class ConnectionIT {

  private static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata:
        name: pgrokd-connection
        labels: {pgrok.io/connection: "true"}
      stringData:
        address: pgrokd.%s.svc:4443
        domain: tunnels.example.com
        token: %s
        ca.crt: |
          -----BEGIN CERTIFICATE-----
          dGVzdA==
          -----END CERTIFICATE-----
      """;

  @Inject World world;

  @AfterEach
  void clear() {
    world.client.resources(Tunnel.class).inAnyNamespace().delete();
    world.client.secrets().inNamespace(NAMESPACE).withName("pgrokd-connection").delete();
    world.client.resources(TunnelServer.class).delete();
  }

  @Test
  void itIsTheDefaultServerOfTunnelsThatNameNone() {
    String ns = world.namespace();
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{service: {name: web}}");
    world.awaitReason(ns, "web", Reason.SERVER_NOT_FOUND);

    world.apply(NAMESPACE, SECRET.formatted(NAMESPACE, "s3cret"));

    var config = world.awaitSharedConfig("default", ns + "/web");
    assertThat(config.serverAddr()).isEqualTo("pgrokd.pgrok.svc:4443");
    assertThat(config.authToken()).isEqualTo("s3cret");
    assertThat(config.serverCa()).contains("BEGIN CERTIFICATE");
    var server = world.client.resources(TunnelServer.class).withName("default").get();
    assertThat(server.getSpec().isDefault()).isTrue();
  }

  @Test
  void grantsThatSomebodyAddsStayWhenTheSecretChanges() {
    world.apply(NAMESPACE, SECRET.formatted(NAMESPACE, "s3cret"));
    var servers = world.client.resources(TunnelServer.class);
    await().untilAsserted(() -> assertThat(servers.withName("default").get()).isNotNull());
    world.apply(
        NAMESPACE,
        """
        apiVersion: pgrok.io/v1alpha1
        kind: TunnelServer
        metadata: {name: default}
        spec: {grants: [{subdomains: [pr-*]}]}
        """);

    world.apply(NAMESPACE, SECRET.formatted("elsewhere", "s3cret"));

    await()
        .untilAsserted(() -> {
          var spec = servers.withName("default").get().getSpec();
          assertThat(spec.address()).isEqualTo("pgrokd.elsewhere.svc:4443");
          assertThat(spec.grants()).hasSize(1);
        });
  }

  @Test
  void newTokenReachesTheAgents() {
    world.apply(NAMESPACE, SECRET.formatted(NAMESPACE, "old"));
    await()
        .untilAsserted(
            () -> assertThat(world.sharedConfig("default").authToken()).isEqualTo("old"));

    world.apply(NAMESPACE, SECRET.formatted(NAMESPACE, "new"));

    await()
        .untilAsserted(
            () -> assertThat(world.sharedConfig("default").authToken()).isEqualTo("new"));
  }

  @Test
  void goneSecretIsOnTheServerAndOnItsTunnels() {
    String ns = world.namespace();
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{service: {name: web}}");
    world.apply(NAMESPACE, SECRET.formatted(NAMESPACE, "s3cret"));
    world.awaitSharedConfig("default", ns + "/web");

    world.client.secrets().inNamespace(NAMESPACE).withName("pgrokd-connection").delete();

    world.awaitServerReason("default", Reason.SECRET_NOT_FOUND);
    assertThat(world.awaitReason(ns, "web", Reason.SERVER_NOT_READY).getMessage())
        .contains("pgrokd-connection");
  }

  @Test
  void serverThatSomeoneElseWroteIsLeftAlone() {
    world.server("default", true);

    world.apply(NAMESPACE, SECRET.formatted(NAMESPACE, "s3cret"));
    // The reconciler of Secrets has no status to wait for: a second Secret shows that it ran.
    world.apply(
        NAMESPACE,
        SECRET
            .formatted(NAMESPACE, "s3cret")
            .replace("name: pgrokd-connection", "name: second-connection")
            .replace(
                "{pgrok.io/connection: \"true\"}",
                "{pgrok.io/connection: \"true\", pgrok.io/tunnel-server: second}"));
    await()
        .untilAsserted(() ->
            assertThat(world.client.resources(TunnelServer.class).withName("second").get())
                .isNotNull());

    assertThat(
            world
                .client
                .resources(TunnelServer.class)
                .withName("default")
                .get()
                .getSpec()
                .address())
        .isEqualTo("pgrokd:4443");
    world.client.secrets().inNamespace(NAMESPACE).withName("second-connection").delete();
  }
}
