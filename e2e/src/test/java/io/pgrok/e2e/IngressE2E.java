package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressLoadBalancerIngress;
import io.pgrok.e2e.install.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The examples of an Ingress and of a load balancer, served and taken away. */
@ExtendWith(PgrokExtension.class)
class IngressE2E {

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
  void aServiceGetsAPublicPort() throws IOException {
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
