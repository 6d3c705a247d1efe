package io.pgrok.operator.it;

import static io.pgrok.operator.it.ApiServer.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.Labels;
import io.pgrok.operator.status.Reason;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose token says what, where the connection Secret has a signing key. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class TokensIT {

  private static final String SERVER = "signed";

  @Inject World world;

  private String ns;

  @BeforeEach
  void serverWithKey() {
    ns = world.namespace();
    connection(Tokens.newSigningKey());
    world.apply(
        "default",
        """
        apiVersion: pgrok.io/v1alpha1
        kind: TunnelServer
        metadata: {name: signed}
        spec:
          address: "pgrokd:4443"
          domain: signed.example.com
          connectionSecret: {name: signed-connection}
          grants: [{namespaces: {names: [%s]}, subdomains: [shop-*]}]
        """
            .formatted(ns));
  }

  @AfterEach
  void clear() {
    world.client.resources(Tunnel.class).inAnyNamespace().delete();
    world.client.resources(TunnelServer.class).withName(SERVER).delete();
    world.client.secrets().inNamespace(NAMESPACE).withName("signed-connection").delete();
  }

  @Test
  void sidecarsSecretHoldsATokenForItsNamespaceOnly() throws IOException {
    world.deployment(ns, "web");
    world.tunnel(
        ns,
        "web",
        "{server: signed, workload: {kind: Deployment, name: web, port: 80}, subdomain: shop-a}");

    var claims = Tokens.claims(awaitToken(ns));

    assertThat(claims.get("sub").asText()).startsWith("ns:" + ns + "@");
    assertThat(claims.at("/pgrok/subdomains/0").asText()).isEqualTo("shop-*");
    assertThat(claims.at("/pgrok/hostnames")).isEmpty();
    assertThat(claims.at("/pgrok/tcpPorts")).isEmpty();
  }

  @Test
  void sharedAgentHasATokenOfItsOwn() throws IOException {
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: signed, service: {name: web}, subdomain: shop-b}");

    var token = world.awaitSharedConfig(SERVER, ns + "/web").authToken();

    assertThat(Tokens.claims(token).get("sub").asText()).startsWith("shared@");
    assertThat(token).doesNotContain("static");
  }

  @Test
  void malformedKeyIsOnTheServer() {
    connection("{}");

    assertThat(world.awaitServerReason(SERVER, Reason.SECRET_INVALID).getMessage())
        .contains("signing.jwk");
  }

  private String awaitToken(String namespace) {
    await()
        .untilAsserted(() ->
            assertThat(
                    world
                        .client
                        .secrets()
                        .inNamespace(namespace)
                        .withLabel(Labels.AGENT)
                        .list()
                        .getItems())
                .hasSize(1));
    return World.session(
            world
                .client
                .secrets()
                .inNamespace(namespace)
                .withLabel(Labels.AGENT)
                .list()
                .getItems()
                .getFirst(),
            SERVER)
        .authToken();
  }

  private void connection(String jwk) {
    world.apply(
        NAMESPACE,
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: signed-connection, labels: {pgrok.io/connection: "false"}}
        stringData: {token: static, signing.jwk: '%s'}
        """
            .formatted(jwk));
  }
}
