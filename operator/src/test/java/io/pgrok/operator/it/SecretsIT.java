package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.status.Reason;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Secrets that Tunnels name: when they come, change and go, and where their values end up. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class SecretsIT {

  private static final String SERVER = "secrets";

  @Inject World world;

  private String ns;

  @BeforeEach
  void serverAndService() {
    ns = world.namespace();
    world.server(SERVER, false);
    world.service(ns, "web", 80);
  }

  @AfterEach
  void clear() {
    world.client.resources(Tunnel.class).inAnyNamespace().delete();
  }

  @Test
  void secretThatComesLaterOrChangesIsNoticed() {
    world.tunnel(
        ns,
        "web",
        "{server: secrets, service: {name: web}, access: {basicAuth: {secretName: login}}}");
    assertThat(world.awaitReason(ns, "web", Reason.SECRET_NOT_FOUND).getMessage())
        .contains("no Secret login with label pgrok.io/tunnel-secret");

    secret("login", "pgrok.io/tunnel-secret: 'true'", "{username: alice, password: first}");
    assertThat(world.awaitSharedConfig(SERVER, ns + "/web").tunnels().get(ns + "/web").auth())
        .isEqualTo("alice:first");

    secret("login", "pgrok.io/tunnel-secret: 'true'", "{username: alice, password: second}");
    await()
        .untilAsserted(() ->
            assertThat(world.sharedConfig(SERVER).tunnels().get(ns + "/web").auth())
                .isEqualTo("alice:second"));

    world.client.secrets().inNamespace(ns).withName("login").delete();
    world.awaitReason(ns, "web", Reason.SECRET_NOT_FOUND);
    await()
        .untilAsserted(
            () -> assertThat(world.sharedConfig(SERVER).tunnels()).doesNotContainKey(ns + "/web"));
  }

  @Test
  void secretThatIsNotMeantForTunnelsIsNotRead() {
    secret("private", "team: shop", "{token: top-secret}");
    world.tunnel(
        ns,
        "web",
        """
        {server: secrets, service: {name: web}, responseHeaders: [
          {name: X-Leak, valueFrom: {secretKeyRef: {name: private, key: token}}}]}
        """);

    world.awaitReason(ns, "web", Reason.SECRET_NOT_FOUND);
  }

  @Test
  void valuesAreInNeitherStatusNorEvents() {
    secret("keys", "pgrok.io/tunnel-secret: 'true'", "{api: 'top-secret', ca.crt: top-secret}");
    world.tunnel(
        ns,
        "web",
        """
        {server: secrets, service: {name: web}, upstreamTls: {caSecretName: keys}, requestHeaders: [
          {name: X-Key, valueFrom: {secretKeyRef: {name: keys, key: api}}}]}
        """);

    world.awaitReason(ns, "web", Reason.SECRET_INVALID);

    assertThat(Serialization.asYaml(world.tunnel(ns, "web"))).doesNotContain("top-secret");
    await()
        .untilAsserted(() ->
            assertThat(
                    Serialization.asYaml(
                        world.client.events().v1().events().inNamespace(ns).list().getItems()))
                .contains("SecretInvalid")
                .doesNotContain("top-secret"));
  }

  @Test
  void shareKeyIsMadeOnceAndBelongsToTheTunnel() {
    world.tunnel(ns, "web", "{server: secrets, service: {name: web}, access: {share: {}}}");

    var key =
        world
            .awaitSharedConfig(SERVER, ns + "/web")
            .tunnels()
            .get(ns + "/web")
            .visitors()
            .shareKey();

    var secret = world.client.secrets().inNamespace(ns).withName("web-share").get();
    assertThat(Base64.getDecoder().decode(key)).hasSize(32);
    assertThat(new String(Base64.getDecoder().decode(secret.getData().get("key")), UTF_8))
        .isEqualTo(key);
    assertThat(secret.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner ->
            assertThat(owner.getUid()).isEqualTo(world.tunnel(ns, "web").getMetadata().getUid()));
  }

  @Test
  void secretOfAnotherPurposeIsNotTakenForAShareKey() {
    secret("web-share", "team: shop", "{key: something}");
    world.tunnel(ns, "web", "{server: secrets, service: {name: web}, access: {share: {}}}");

    assertThat(world.awaitReason(ns, "web", Reason.SECRET_NOT_FOUND).getMessage())
        .contains("access.share.secretName");
  }

  private void secret(String name, String label, String data) {
    world.apply(
        ns,
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s, labels: {%s}}
        stringData: %s
        """
            .formatted(name, label, data));
  }
}
