package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Condition;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.status.Reason;
import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Condition Reachable says what came of asking the public URL, and nothing waits for it. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class ReachableIT {

  private static final String SERVER = "reachable";

  @Inject World world;

  private final AtomicInteger answer = new AtomicInteger(204);
  private HttpServer pgrokd;
  private FakeAgent agent;
  private String ns;

  @BeforeEach
  void serverAndAgent() throws IOException {
    ns = world.namespace();
    pgrokd = HttpServer.create(new InetSocketAddress("127.0.0.6", 0), 0);
    pgrokd.createContext(
        "/.well-known/pgrok/probe",
        exchange -> {
          exchange.sendResponseHeaders(answer.get(), -1);
          exchange.close();
        });
    pgrokd.start();
    world.server(SERVER, false);
    agent = new FakeAgent("127.0.0.5", world.config.agent().statusPort());
    world.agentPod(ApiServer.NAMESPACE, "reachable", "127.0.0.5", "shared", Map.of());
  }

  @AfterEach
  void clear() {
    world.client.resources(Tunnel.class).inAnyNamespace().delete();
    world.deletePod(ApiServer.NAMESPACE, "reachable");
    agent.close();
    pgrokd.stop(0);
  }

  @Test
  void aUrlThatTheAgentAnswersIsReachable() {
    register();
    world.awaitReason(ns, "web", Reason.REGISTERED);
    assertThat(awaitReachable("True").getReason()).isEqualTo("Answered");
    assertThat(awaitReachable("True").getMessage()).contains("127.0.0.6").contains(" ms");
  }

  @Test
  void aUrlThatLeadsElsewhereIsNotAndTheTunnelIsReadyAllTheSame() {
    answer.set(404);
    register();
    assertThat(awaitReachable("False").getReason()).isEqualTo("UnexpectedAnswer");
    assertThat(world.ready(ns, "web").orElseThrow().getStatus()).isEqualTo("True");

    answer.set(204);
    awaitReachable("True");
  }

  private void register() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: %s, service: {name: web}}".formatted(SERVER));
    var config = world.awaitSharedConfig(SERVER, ns + "/web");
    agent.report(
        new Session(
            SERVER,
            config.serverAddr(),
            SessionState.ONLINE,
            null,
            List.of(
                new io.pgrok.protocol.agent.AgentStatus.Tunnel(
                    ns + "/web",
                    config.tunnels().get(ns + "/web").revision(),
                    TunnelState.ONLINE,
                    List.of("http://127.0.0.6:" + pgrokd.getAddress().getPort()),
                    null))));
  }

  private Condition awaitReachable(String status) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(reachable()).extracting("status").isEqualTo(status));
    return reachable();
  }

  private Condition reachable() {
    var status = world.tunnel(ns, "web").getStatus();
    return status == null
        ? null
        : status.conditions().stream()
            .filter(condition -> condition.getType().equals("Reachable"))
            .findFirst()
            .orElse(null);
  }
}
