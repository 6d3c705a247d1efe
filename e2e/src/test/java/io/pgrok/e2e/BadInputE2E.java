package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.ServiceTarget;
import io.pgrok.crds.tunnel.TunnelSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What cannot be served is told to whom it concerns, and disturbs no other tunnel. */
@ExtendWith(PgrokExtension.class)
class BadInputE2E {

  private final Pgrok pgrok;

  BadInputE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @AfterEach
  void cleanUpAndOthersAreServed() {
    pgrok.delete("bad");
    pgrok.client().resource(lateService()).delete();
    Wait.until(() -> assertThat(pgrok.visitorOf("web").isServed()).isTrue());
  }

  @Test
  void unknownHostGetsNotFound() throws Exception {
    var answer = pgrok.visitorOf("nobody").get("/");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("nobody.pgrok.localhost");
  }

  @Test
  void tunnelToAMissingServiceWaitsForIt() {
    pgrok.create("bad", to("late", "late"));
    Wait.until(() -> assertThat(pgrok.readyReason("bad")).isEqualTo("ServiceNotFound"));

    pgrok.client().resource(lateService()).create();

    Wait.until(() -> assertThat(pgrok.visitorOf("late").isServed()).isTrue());
    Wait.until(() -> assertThat(pgrok.readyReason("bad")).isEqualTo("Registered"));
  }

  @Test
  void invalidSubdomainIsRefusedWithASentence() {
    assertThatThrownBy(() -> pgrok.create("bad", to("web", "Not.A.Label")))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("subdomain must be one DNS label");
  }

  @Test
  void takenSubdomainStaysWithTheOlderTunnel() {
    pgrok.create("bad", to("web", "web"));

    Wait.until(() -> assertThat(pgrok.readyReason("bad")).isEqualTo("NameConflict"));
    assertThat(pgrok.readyReason("web")).isEqualTo("Registered");
  }

  private static TunnelSpec to(String service, String subdomain) {
    return new TunnelSpec(
        null, Protocol.HTTP, subdomain, null, null, new ServiceTarget(service, null), null);
  }

  /** Another Service of the pods of `web`. */
  private static Service lateService() {
    return new ServiceBuilder()
        .withNewMetadata()
        .withName("late")
        .withNamespace(Pgrok.NAMESPACE)
        .endMetadata()
        .withNewSpec()
        .addToSelector("app", "web")
        .addNewPort()
        .withPort(80)
        .withNewTargetPort("http")
        .endPort()
        .endSpec()
        .build();
  }
}
