package io.pgrok.operator.it;

import static io.pgrok.operator.it.ApiServer.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;
import io.pgrok.operator.status.Reason;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tunnels that end, are held, or have nobody behind them. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class LifetimeIT {

  private static final String SERVER = "lifetimes";

  @Inject World world;

  private FakeAgent agent;
  private String ns;

  @BeforeEach
  void serverAndAgent() throws IOException {
    ns = world.namespace();
    world.server(SERVER, false);
    world.service(ns, "web", 80);
    agent = new FakeAgent("127.0.0.5", world.config.agent().statusPort());
    world.agentPod(NAMESPACE, "agent-" + ns, "127.0.0.5", Labels.SHARED, Map.of());
  }

  @AfterEach
  void clear() {
    world.client.resources(Tunnel.class).inAnyNamespace().delete();
    world.deletePod(NAMESPACE, "agent-" + ns);
    agent.close();
  }

  @Test
  void endedTunnelIsClosedAndSaysSoAndIsExtended() {
    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}, ttl: 5s}");
    world.awaitSharedConfig(SERVER, ns + "/web");

    var expired = world.awaitReason(ns, "web", Reason.EXPIRED);
    assertThat(expired.getMessage()).contains("pgrok.io/extend");
    var created = Instant.parse(world.tunnel(ns, "web").getMetadata().getCreationTimestamp());
    assertThat(world.tunnel(ns, "web").getStatus().expiresAt())
        .isEqualTo(created.plusSeconds(5).toString());
    await()
        .untilAsserted(
            () -> assertThat(world.sharedConfig(SERVER).tunnels()).doesNotContainKey(ns + "/web"));
    assertThat(world.ready(ns, "web").orElseThrow().getStatus()).isEqualTo("False");

    annotate(Map.of(Labels.EXTEND, "2099-01-01T00:00:00Z"));

    world.awaitSharedConfig(SERVER, ns + "/web");
    await()
        .untilAsserted(() ->
            assertThat(world.tunnel(ns, "web").getStatus().expiresAt())
                .isEqualTo("2099-01-01T00:00:00Z"));
  }

  @Test
  void longerTtlReopens() {
    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}, ttl: 1s}");
    world.awaitReason(ns, "web", Reason.EXPIRED);

    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}, ttl: 8h}");

    world.awaitSharedConfig(SERVER, ns + "/web");
  }

  @Test
  void warningComesOnceBeforeTheEnd() {
    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}, ttl: 10s}");
    world.awaitReason(ns, "web", Reason.EXPIRED);

    await()
        .untilAsserted(() ->
            assertThat(
                    world.client.events().v1().events().inNamespace(ns).list().getItems().stream()
                        .filter(event -> event.getReason().equals("ExpiresSoon")))
                .singleElement()
                .satisfies(event -> assertThat(event.getType()).isEqualTo("Warning"))
                .satisfies(event -> assertThat(event.getNote()).contains("will be closed at")));
    assertThat(world.tunnel(ns, "web").getStatus().conditions())
        .noneMatch(condition -> condition.getType().equals("ExpiresSoon"));
  }

  @Test
  void suspendedTunnelIsClosedAndResumed() {
    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}}");
    world.awaitSharedConfig(SERVER, ns + "/web");

    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}, suspend: true}");

    world.awaitReason(ns, "web", Reason.SUSPENDED);
    await()
        .untilAsserted(
            () -> assertThat(world.sharedConfig(SERVER).tunnels()).doesNotContainKey(ns + "/web"));

    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}, suspend: false}");
    world.awaitSharedConfig(SERVER, ns + "/web");
  }

  @Test
  void oneThatIsSuspendedWhenItsTimeEndsIsExpiredWhenItIsResumed() {
    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}, ttl: 1s, suspend: true}");
    world.awaitReason(ns, "web", Reason.SUSPENDED);

    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}, ttl: 1s, suspend: false}");
    world.awaitReason(ns, "web", Reason.EXPIRED);

    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}, ttl: 1s, suspend: true}");
    world.awaitReason(ns, "web", Reason.SUSPENDED);
    assertThat(world.sharedConfig(SERVER).tunnels()).doesNotContainKey(ns + "/web");

    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}, ttl: 8h, suspend: false}");
    world.awaitSharedConfig(SERVER, ns + "/web");
  }

  @Test
  void serviceWithoutReadyEndpointsIsOnTheTunnelWhichStaysRegistered() {
    world.endpoints(ns, "web", false);
    world.tunnel(ns, "web", "{server: lifetimes, service: {name: web}, subdomain: empty}");
    var config = world.awaitSharedConfig(SERVER, ns + "/web");
    agent.report(FakeAgent.online(SERVER, config, "lifetimes.example.com"));

    world.awaitReason(ns, "web", Reason.NO_READY_ENDPOINTS);
    assertThat(world.tunnel(ns, "web").getStatus().url())
        .isEqualTo("https://empty.lifetimes.example.com");

    world.endpoints(ns, "web", true);
    world.awaitReason(ns, "web", Reason.REGISTERED);
  }

  private void annotate(Map<String, String> annotations) {
    world
        .client
        .resources(Tunnel.class)
        .inNamespace(ns)
        .withName("web")
        .edit(tunnel -> {
          tunnel.getMetadata().getAnnotations().putAll(annotations);
          return tunnel;
        });
  }
}
