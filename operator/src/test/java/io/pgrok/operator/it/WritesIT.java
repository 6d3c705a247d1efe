package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.pgrok.operator.status.Reason;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much the operator writes: for each change little, and for none nothing. */
@QuarkusTest
@WithTestResource(WritesIT.Unprobed.class)
class WritesIT {

  /** What a probe of the public URL finds is one more status, some time later. */
  public static final class Unprobed extends ApiServer {
    @Override
    public Map<String, String> start() {
      var config = new HashMap<>(super.start());
      config.put("pgrok.probe.enabled", "false");
      return config;
    }
  }

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What a Tunnel costs whose Service is missing, the test's own request included. */
  private static final Map<String, Long> PROBE =
      Map.of("tunnels APPLY", 1L, "tunnels/status APPLY", 1L, "events POST", 1L);

  @Inject World world;

  /** Of each test's own, so that nobody's Events are taken for another's. */
  private final String server = "writes-" + NUMBER.incrementAndGet();

  private final String domain = server + ".example.com";

  private Stage stage;
  private FakeAgent agent;
  private String ns;

  @BeforeEach
  void serverAndAgent() throws IOException {
    stage = new Stage(world, server, "127.0.0.11");
    ns = stage.ns;
    agent = stage.agent;
    agent.report(FakeAgent.down(server, SessionState.CONNECTING, null));
    world.awaitServerReason(server, Reason.CONNECTING);
    world.service(ns, "web", 80);
  }

  @AfterEach
  void clear() {
    stage.close();
  }

  @Test
  void aTunnelCostsTwoStatusesAnEventASecretAndItsAgentsAnnotation() {
    register("first", "first");
    settle(0);

    var before = Writes.of(world.client);
    register("web", "shop");

    assertCost(
        before,
        Map.of(
            "tunnels APPLY", 1L, // the test's
            "tunnels/status APPLY", 2L,
            "events POST", 1L,
            "secrets APPLY", 1L,
            "pods PATCH", 1L));

    before = Writes.of(world.client);
    register("web", "other");

    assertCost(
        before,
        Map.of(
            "tunnels APPLY", 1L,
            "tunnels/status APPLY", 2L,
            "events POST", 1L,
            "secrets APPLY", 1L,
            "pods PATCH", 1L));
  }

  @Test
  void whatChangesNothingIsNotWritten() {
    register("web", "quiet");
    settle(0);

    for (int round = 1; round <= 10; round++) {
      var before = Writes.of(world.client);
      var session = FakeAgent.online(server, world.sharedConfig(server), domain);
      agent.report(session, FakeAgent.down("x" + round, SessionState.CONNECTING, null));
      agent.report(session);
      world.apply(
          ns,
          """
          apiVersion: v1
          kind: Service
          metadata: {name: web, labels: {round: r%d}}
          spec: {ports: [{name: http, port: 80}]}
          """
              .formatted(round));
      var expected = new TreeMap<>(PROBE);
      expected.put("services APPLY", 1L);
      probe(round);
      assertCost(before, expected);
    }
  }

  @Test
  void aServerThatComesAndGoesIsAnEventForEachTimeAndForEachResourceConcerned() {
    register("web", "flaps");
    settle(0);
    world.awaitServerReason(server, Reason.CONNECTED);
    var session = FakeAgent.online(server, world.sharedConfig(server), domain);

    var before = Writes.of(world.client);
    for (int i = 0; i < 3; i++) {
      agent.report(FakeAgent.down(server, SessionState.RECONNECTING, "connection refused"));
      world.awaitReason(ns, "web", Reason.SERVER_UNREACHABLE);
      world.awaitServerReason(server, Reason.SERVER_UNREACHABLE);
      agent.report(session);
      world.awaitReason(ns, "web", Reason.REGISTERED);
      world.awaitServerReason(server, Reason.CONNECTED);
    }

    assertCost(
        before,
        Map.of("tunnels/status APPLY", 6L, "tunnelservers/status APPLY", 6L, "events POST", 12L));
  }

  private void register(String name, String subdomain) {
    world.tunnel(
        ns, name, "{server: %s, service: {name: web}, subdomain: %s}".formatted(server, subdomain));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          var tunnel = world.sharedConfig(server).tunnels().get(ns + "/" + name);
          assertThat(tunnel).isNotNull();
          assertThat(tunnel.subdomain()).isEqualTo(subdomain);
        });
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(world.ready(ns, name).map(Condition::getReason))
                .contains(Reason.REGISTERING.text()));
    agent.report(FakeAgent.online(server, world.sharedConfig(server), domain));
    world.awaitReason(ns, name, Reason.REGISTERED);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(world.tunnel(ns, name).getStatus().url()).contains(subdomain));
    awaitEvent(ns, name, Reason.REGISTERED, subdomain);
  }

  /** An Event follows its status. */
  private void awaitEvent(String namespace, String about, Reason reason, String text) {
    await("Event %s of %s".formatted(reason.text(), about))
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(world.client.events().v1().events().inNamespace(namespace).list().getItems())
                .anyMatch(event ->
                    event.getRegarding().getName().equals(about)
                        && event.getReason().equals(reason.text())
                        && event.getNote().contains(text)));
  }

  /** A Tunnel that the operator looks at after everything that came before. */
  private void probe(int number) {
    world.tunnel(ns, "probe-" + number, "{server: %s, service: {name: absent}}".formatted(server));
    world.awaitReason(ns, "probe-" + number, Reason.SERVICE_NOT_FOUND);
    awaitEvent(ns, "probe-" + number, Reason.SERVICE_NOT_FOUND, "");
  }

  /** Until what was begun before is written. */
  private void settle(int number) {
    world.awaitServerReason(server, Reason.CONNECTED);
    awaitEvent("default", server, Reason.CONNECTED, "");
    probe(number);
    var before = Writes.of(world.client);
    world.tunnel(ns, "settled", "{server: %s, service: {name: absent}}".formatted(server));
    world.awaitReason(ns, "settled", Reason.SERVICE_NOT_FOUND);
    assertCost(before, PROBE);
  }

  /** Requests are counted a moment after they are answered. */
  private void assertCost(Map<String, Long> before, Map<String, Long> expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(Writes.since(before, world.client))
                .containsExactlyInAnyOrderEntriesOf(expected));
  }
}
