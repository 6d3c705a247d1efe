package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;
import io.pgrok.operator.TestCertificate;
import io.pgrok.operator.status.Conditions;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
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

/** Certificates of an Ingress: what visitors are shown, and what its owner is told. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class CertificatesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String SERVER = "certified";
  private static final String HOST = "shop.example.org";

  @Inject World world;

  private Stage stage;
  private String ns;

  @BeforeEach
  void ingress() throws IOException {
    stage = new Stage(world, SERVER, "127.0.0.18");
    ns = stage.ns;
    world.service(ns, "web", 80);
    world.apply(
        ns,
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, annotations: {pgrok.io/server: certified}}
        spec:
          ingressClassName: pgrok
          tls: [{hosts: [shop.example.org], secretName: shop-tls}]
          rules: [{host: shop.example.org}]
          defaultBackend: {service: {name: web, port: {number: 80}}}
        """);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(tunnels()).hasSize(1));
    world.awaitSharedConfig(SERVER, key());
  }

  @AfterEach
  void clear() {
    world.client.network().v1().ingresses().inAnyNamespace().delete();
    stage.close();
  }

  @Test
  void isShownFromWhenItsSecretComesToWhenItGoesAndRenewedBetween() {
    awaitCertificate(
        "SecretNotFound",
        "visitors over https are shown the server's own certificate: namespace %s has no Secret"
                .formatted(ns)
            + " shop-tls with label pgrok.io/tunnel-secret: \"true\" (yet)");
    assertThat(config().certificate()).isNull();
    awaitEvent("SecretNotFound", "has no Secret shop-tls");

    var first = TestCertificate.of(HOST);
    secret(first.crt(), first.key());
    awaitShown(first);
    awaitCertificate("Shown", "the certificate of Secret shop-tls, which is valid until 2");

    var renewed = TestCertificate.of(HOST);
    secret(renewed.crt(), renewed.key());
    awaitShown(renewed);

    world.client.secrets().inNamespace(ns).withName("shop-tls").delete();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(config().certificate()).isNull());
    awaitCertificate("SecretNotFound", "has no Secret shop-tls");
  }

  @Test
  void oneThatVisitorsWouldNotTakeIsNotShownAndItsOwnerHearsWhy() {
    var other = TestCertificate.of("other.example.org");
    secret(other.crt(), other.key());
    awaitCertificate(
        "SecretInvalid",
        "the certificate of Secret shop-tls is not for shop.example.org, but for"
            + " other.example.org");
    awaitEvent("SecretInvalid", "is not for shop.example.org");

    secret(TestCertificate.of(HOST).crt(), other.key());
    awaitCertificate(
        "SecretInvalid",
        "tls.crt and tls.key of Secret shop-tls cannot be used: the private key is not that of the"
            + " first certificate");
    assertThat(config().certificate()).isNull();
    assertThat(world.tunnel(ns, tunnels().getFirst().getMetadata().getName()).toString())
        .doesNotContain("PRIVATE KEY");
  }

  @Test
  void aSecretWithoutTheLabelIsNotReadUntilItHasIt() {
    var own = TestCertificate.of(HOST);
    world.client.resource(secret(own, Map.of())).create();
    awaitCertificate("SecretNotFound", "with label pgrok.io/tunnel-secret");

    world.client.resource(secret(own, Map.of(Labels.TUNNEL_SECRET, "true"))).update();

    awaitShown(own);
  }

  private void secret(String crt, String key) {
    world
        .client
        .resource(secret(new TestCertificate(crt, key), Map.of(Labels.TUNNEL_SECRET, "true")))
        .serverSideApply();
  }

  private Secret secret(TestCertificate certificate, Map<String, String> labels) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace(ns)
        .withName("shop-tls")
        .withLabels(labels)
        .endMetadata()
        .withType("kubernetes.io/tls")
        .withStringData(Map.of("tls.crt", certificate.crt(), "tls.key", certificate.key()))
        .build();
  }

  /** The agent takes over what it finds, and says so. */
  private void awaitShown(TestCertificate certificate) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(config().certificate()).isNotNull();
          assertThat(config().certificate().crt()).isEqualTo(certificate.crt());
          assertThat(config().certificate().key()).isEqualTo(certificate.key());
        });
  }

  private void awaitCertificate(String reason, String message) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          stage.agent.report(
              FakeAgent.online(SERVER, world.sharedConfig(SERVER), SERVER + ".example.com"));
          assertThat(condition().getReason()).isEqualTo(reason);
          assertThat(condition().getMessage()).contains(message);
          assertThat(condition().getStatus()).isEqualTo(reason.equals("Shown") ? "True" : "False");
          assertThat(world.ready(ns, tunnels().getFirst().getMetadata().getName()))
              .as("visitors get through all the same")
              .hasValueSatisfying(ready -> assertThat(ready.getStatus()).isEqualTo("True"));
        });
  }

  private Condition condition() {
    return Conditions.find(tunnels().getFirst().getStatus().conditions(), "CertificateReady")
        .orElseThrow(() -> new AssertionError("there is no condition CertificateReady"));
  }

  /** What the Ingress' owner reads. */
  private void awaitEvent(String reason, String note) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(world.client.events().v1().events().inNamespace(ns).list().getItems())
                .anySatisfy(event -> {
                  assertThat(event.getRegarding().getKind()).isEqualTo("Ingress");
                  assertThat(event.getReason()).isEqualTo(reason);
                  assertThat(event.getNote()).contains(note);
                  assertThat(event.getType()).isEqualTo("Warning");
                }));
  }

  private TunnelConfig config() {
    return world.sharedConfig(SERVER).tunnels().get(key());
  }

  private String key() {
    return ns + "/" + tunnels().getFirst().getMetadata().getName();
  }

  private List<Tunnel> tunnels() {
    return world.client.resources(Tunnel.class).inNamespace(ns).list().getItems();
  }
}
