package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressLoadBalancerIngress;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.pgrok.e2e.install.Installation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The examples of an Ingress and of a load balancer, served and taken away. */
@ExtendWith(PgrokExtension.class)
class IngressE2E {

  private static final String CERTIFIED = "certified.example.org";

  private final Pgrok pgrok;

  @TempDir private Path folder;

  IngressE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @AfterEach
  void delete() throws IOException {
    for (var example : List.of("ingress/ingress.yaml", "loadbalancer/service.yaml")) {
      pgrok.tools().kubectl("delete", "--ignore-not-found", "-f", here(example)).output();
    }
  }

  @AfterEach
  void withoutHttps() {
    if (pgrok.client().secrets().inNamespace(Pgrok.NAMESPACE).withName("certified").get() != null) {
      pgrok
          .tools()
          .kubectl("delete", "--ignore-not-found", "ingress/certified", "secret/certified")
          .output();
      serveHttps(false);
    }
  }

  @Test
  void anIngressIsServedByPathAndTakenAway() throws IOException {
    pgrok.tools().kubectl("apply", "-f", here("ingress/ingress.yaml")).output();

    var visitor = pgrok.visitorOf("shop");
    Wait.until(() ->
        assertThat(visitor.get("/api/orders?page=2").body()).contains("Hello from shop-api-"));
    Wait.until(() -> assertThat(visitor.page()).contains("The shop itself."));
    assertThat(visitor.get("/apis").body()).contains("The shop itself.");
    Wait.until(() -> assertThat(addresses()).containsExactly(Installation.DOMAIN));

    pgrok.tools().kubectl("delete", "ingress", "shop").output();

    Wait.until(() -> assertThat(visitor.status()).hasValue(404));
    assertThat(pgrok.visitorOf("web").isServed()).isTrue();
  }

  @Test
  void aServiceGetsAPublicPortThatLeadsToIt() throws IOException {
    pgrok.tools().kubectl("apply", "-f", here("loadbalancer/service.yaml")).output();

    Wait.until(() ->
        assertThat(balancers())
            .singleElement()
            .satisfies(balancer -> {
              assertThat(balancer.getHostname()).isEqualTo(Installation.DOMAIN);
              assertThat(balancer.getPorts())
                  .singleElement()
                  .satisfies(port -> assertThat(port.getPort()).isEqualTo(7001));
            }));
    try (var port = onTheServer(7001)) {
      var visitor = new Visitor(here(port), "anything", Visitor.PATIENCE);
      Wait.until(() -> assertThat(visitor.page()).contains("Hello from web-"));
    }
  }

  @Test
  void anIngressShowsItsCertificateAndARenewedOneWithoutALostRequest() throws Exception {
    serveHttps(true);
    certificate("first");
    pgrok.tools().kubectl("apply", "-f", certified()).output();
    try (var https = onTheServer(8443)) {
      Wait.until(() ->
          assertThat(TlsVisit.to(here(https), CERTIFIED))
              .isEqualTo(new TlsVisit("CN=first", "HTTP/1.1 200 OK")));

      certificate("renewed");
      var visits = new ArrayList<TlsVisit>();
      Wait.until(() -> {
        visits.add(TlsVisit.to(here(https), CERTIFIED));
        assertThat(visits.getLast().shown()).isEqualTo("CN=renewed");
      });
      assertThat(visits).extracting(TlsVisit::status).containsOnly("HTTP/1.1 200 OK");
    }
  }

  private void serveHttps(boolean served) {
    pgrok
        .tools()
        .helm(
            "upgrade",
            "--namespace",
            Installation.NAMESPACE,
            "--reuse-values",
            "pgrokd",
            "helm/pgrokd",
            "--set",
            "https=" + served,
            "--wait",
            "--timeout",
            "3m")
        .output();
  }

  private void certificate(String name) throws IOException {
    var crt = folder.resolve(name + ".crt");
    var key = folder.resolve(name + ".key");
    pgrok
        .installation()
        .repository()
        .command(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/CN=" + name,
            "-addext",
            "subjectAltName=DNS:" + CERTIFIED,
            "-keyout",
            key.toString(),
            "-out",
            crt.toString())
        .output();
    pgrok
        .client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(Pgrok.NAMESPACE)
                .withName("certified")
                .addToLabels("pgrok.io/tunnel-secret", "true")
                .endMetadata()
                .withType("kubernetes.io/tls")
                .withStringData(
                    Map.of("tls.crt", Files.readString(crt), "tls.key", Files.readString(key)))
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  private String certified() throws IOException {
    return Files.writeString(
            folder.resolve("certified.yaml"),
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: certified}
            spec:
              ingressClassName: pgrok
              tls: [{hosts: [%s], secretName: certified}]
              rules: [{host: %s}]
              defaultBackend: {service: {name: web, port: {number: 80}}}
            """
                .formatted(CERTIFIED, CERTIFIED))
        .toString();
  }

  /** A port of the server's pod, here; the cluster's node lets nobody in but by plain HTTP. */
  private LocalPortForward onTheServer(int port) {
    var pod = pgrok.awaitReadyPod(Installation.NAMESPACE, "app.kubernetes.io/name", "pgrokd");
    return pgrok.client().pods().resource(pod).portForward(port);
  }

  private static InetSocketAddress here(LocalPortForward port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port.getLocalPort());
  }

  private List<String> addresses() {
    return pgrok
        .client()
        .network()
        .v1()
        .ingresses()
        .inNamespace(Pgrok.NAMESPACE)
        .withName("shop")
        .get()
        .getStatus()
        .getLoadBalancer()
        .getIngress()
        .stream()
        .map(IngressLoadBalancerIngress::getHostname)
        .toList();
  }

  private List<LoadBalancerIngress> balancers() {
    return pgrok
        .client()
        .services()
        .inNamespace(Pgrok.NAMESPACE)
        .withName("web-tcp")
        .get()
        .getStatus()
        .getLoadBalancer()
        .getIngress();
  }

  /** An example, with the domain that this cluster's server has. */
  private String here(String example) throws IOException {
    var text = pgrok.installation().repository().command("cat", "deploy/" + example).output();
    return Files.writeString(
            folder.resolve(example.replace('/', '-')),
            text.replace("tunnels.example.com", Installation.DOMAIN))
        .toString();
  }
}
