package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.ServiceTarget;
import io.pgrok.crds.tunnel.TunnelSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The life of a Tunnel: applied, served, rolled, deleted. */
@ExtendWith(PgrokExtension.class)
class TunnelE2E {

  private final Pgrok pgrok;

  TunnelE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @BeforeEach
  void bothTunnelsAreServed() {
    Wait.until(() -> assertThat(pgrok.visitorOf("web").isServed()).isTrue());
    Wait.until(() -> assertThat(pgrok.visitorOf("app").isServed()).isTrue());
  }

  @AfterEach
  void delete() {
    pgrok.delete("second");
  }

  @Test
  void sharedAgentServesThePodsOfTheService() throws Exception {
    var page = pgrok.visitorOf("web").get("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("Hello from web-").contains("Published by a Tunnel");
  }

  @Test
  void sidecarServesItsOwnPod() throws Exception {
    var page = pgrok.visitorOf("app").get("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains("Hello from app-")
        .contains("Published by the sidecar of this pod");
  }

  @Test
  void secondTunnelIsServedSoonAndTheFirstLosesNoRequest() throws Exception {
    var load = Load.start(4, () -> pgrok.visitorOf("web"));
    Wait.until(() -> assertThat(load.answered()).isGreaterThan(100));

    var applied = Instant.now();
    pgrok.create("second", toWeb("second"));
    var second = pgrok.visitorOf("second");
    await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofMinutes(1))
        .until(second::isServed);
    Measured.print(
        "second Tunnel, from apply to its first 200", Duration.between(applied, Instant.now()));

    int atThatTime = load.answered();
    Wait.until(() -> assertThat(load.answered()).isGreaterThan(atThatTime + 200));
    assertThat(load.stop()).isEmpty();
    Measured.count("requests of the first Tunnel meanwhile, none lost", load.answered());
  }

  @Test
  void deletedTunnelIsNotFound() throws Exception {
    pgrok.create("second", toWeb("second"));
    var second = pgrok.visitorOf("second");
    Wait.until(() -> assertThat(second.isServed()).isTrue());

    pgrok.delete("second");

    Wait.until(() -> assertThat(second.status()).hasValue(404));
    assertThat(second.get("/").body()).contains("Tunnel second.pgrok.localhost");
    assertThat(pgrok.visitorOf("web").isServed()).isTrue();
  }

  @Test
  void rollOutOfTheSidecarsWorkloadKeepsTheTunnel() throws Exception {
    var before = pgrok.podNames("app");

    var outage =
        Outage.after(
            () ->
                pgrok
                    .client()
                    .apps()
                    .deployments()
                    .inNamespace(Pgrok.NAMESPACE)
                    .withName("app")
                    .rolling()
                    .restart(),
            pgrok.visitorOf("app"),
            () -> Collections.disjoint(before, pgrok.podNames("app")));

    Measured.print("outage, roll-out of a workload with a sidecar", outage);
    assertThat(pgrok.visitorOf("app").get("/").body())
        .doesNotContain(before.toArray(String[]::new));
  }

  private static TunnelSpec toWeb(String subdomain) {
    return new TunnelSpec(
        null, Protocol.HTTP, subdomain, null, null, new ServiceTarget("web", null), null);
  }
}
