package io.pgrok.operator.it;

import static io.pgrok.operator.it.ApiServer.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.pgrok.operator.Labels;
import io.pgrok.operator.status.Reason;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Tunnel to a Service, from manifest to status. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class TunnelIT {

  private static final String SERVER = "tunnels";
  private static final String DOMAIN = "tunnels.example.com";

  @Inject World world;

  private Stage stage;
  private FakeAgent agent;
  private String ns;

  @BeforeEach
  void serverAndAgent() throws IOException {
    stage = new Stage(world, SERVER, "127.0.0.2");
    ns = stage.ns;
    agent = stage.agent;
  }

  @AfterEach
  void clear() {
    stage.close();
  }

  @Test
  void registeredTunnelHasItsUrlAndIsReady() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: tunnels, service: {name: web}, subdomain: shop}");

    var config = world.awaitSharedConfig(SERVER, ns + "/web");
    agent.report(FakeAgent.online(SERVER, config, DOMAIN));

    var ready = world.awaitReason(ns, "web", Reason.REGISTERED);
    assertThat(ready.getStatus()).isEqualTo("True");
    var status = world.tunnel(ns, "web").getStatus();
    assertThat(status.url()).isEqualTo("https://shop.tunnels.example.com");
    assertThat(status.urls())
        .containsExactly("http://shop.tunnels.example.com", "https://shop.tunnels.example.com");
    assertThat(status.observedGeneration()).isEqualTo(1);
    assertThat(config.tunnels().get(ns + "/web").proto())
        .containsExactly(Map.entry("http+https", "web.%s.svc:80".formatted(ns)));
  }

  @Test
  void pathWhoseServiceHasNoReadyEndpointsIsNamed() {
    world.service(ns, "web", 80);
    world.service(ns, "api", 80);
    world.endpoints(ns, "api", false);
    world.tunnel(
        ns,
        "web",
        "{server: tunnels, service: {name: web}, paths: [{path: /api, service: {name: api}}]}");
    agent.report(FakeAgent.online(SERVER, world.awaitSharedConfig(SERVER, ns + "/web"), DOMAIN));

    var waiting = world.awaitReason(ns, "web", Reason.NO_READY_ENDPOINTS);
    assertThat(waiting.getMessage())
        .isEqualTo(
            "it is registered, but path /api is answered 502: Service api has no ready endpoints");

    world.endpoints(ns, "api", true);

    world.awaitReason(ns, "web", Reason.REGISTERED);
  }

  @Test
  void serviceThatComesLaterIsNoticed() {
    world.tunnel(ns, "web", "{server: tunnels, service: {name: web}}");
    var waiting = world.awaitReason(ns, "web", Reason.SERVICE_NOT_FOUND);
    assertThat(waiting.getMessage()).contains("no Service web");

    world.service(ns, "web", 80);

    world.awaitSharedConfig(SERVER, ns + "/web");
    world.awaitReason(ns, "web", Reason.REGISTERING);
  }

  @Test
  void serverThatComesLaterIsNoticed() {
    String late = "late-" + ns;
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: %s, service: {name: web}}".formatted(late));
    world.awaitReason(ns, "web", Reason.SERVER_NOT_FOUND);

    world.server(late, false);

    world.awaitSharedConfig(late, ns + "/web");
  }

  @Test
  void deletedTunnelLeavesTheAgentsConfiguration() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "gone", "{server: tunnels, service: {name: web}}");
    world.tunnel(ns, "stays", "{server: tunnels, service: {name: web}}");
    world.awaitSharedConfig(SERVER, ns + "/gone");
    world.awaitSharedConfig(SERVER, ns + "/stays");

    world.client.resource(world.tunnel(ns, "gone")).delete();

    await()
        .untilAsserted(() ->
            assertThat(world.sharedConfig(SERVER).tunnels())
                .doesNotContainKey(ns + "/gone")
                .containsKey(ns + "/stays"));
  }

  @Test
  void olderTunnelKeepsTheNameAndTheNextOneTakesOver() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "a", "{server: tunnels, service: {name: web}, subdomain: same}");
    world.awaitSharedConfig(SERVER, ns + "/a");
    world.tunnel(
        ns, "b", "{server: tunnels, service: {name: web}, hostname: same.tunnels.example.com}");

    var conflict = world.awaitReason(ns, "b", Reason.NAME_CONFLICT);
    assertThat(conflict.getMessage())
        .isEqualTo("same.tunnels.example.com belongs to the older Tunnel a; choose another name");
    assertThat(world.sharedConfig(SERVER).tunnels()).doesNotContainKey(ns + "/b");

    world.client.resource(world.tunnel(ns, "a")).delete();

    world.awaitSharedConfig(SERVER, ns + "/b");
  }

  @Test
  void ownerOfAnotherNamespaceIsNotNamed() {
    String other = world.namespace();
    world.service(ns, "web", 80);
    world.service(other, "web", 80);
    world.tunnel(ns, "first", "{server: tunnels, service: {name: web}, subdomain: theirs}");
    world.awaitSharedConfig(SERVER, ns + "/first");
    world.tunnel(other, "zz", "{server: tunnels, service: {name: web}, subdomain: theirs}");

    var conflict = world.awaitReason(other, "zz", Reason.NAME_CONFLICT);

    assertThat(conflict.getMessage())
        .contains("an older Tunnel of another namespace")
        .doesNotContain(ns)
        .doesNotContain("first");
  }

  @Test
  void whatTheServerSaysIsOnTheTunnel() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: tunnels, service: {name: web}}");
    var config = world.awaitSharedConfig(SERVER, ns + "/web");

    agent.report(FakeAgent.refused(SERVER, config, "The tunnel http://x is already registered."));
    world.awaitReason(ns, "web", Reason.NAME_TAKEN);

    agent.report(FakeAgent.down(SERVER, SessionState.REFUSED, "bad token"));
    assertThat(world.awaitReason(ns, "web", Reason.AUTH_FAILED).getMessage()).contains("bad token");

    agent.report(FakeAgent.down(SERVER, SessionState.RECONNECTING, "connection refused"));
    world.awaitReason(ns, "web", Reason.SERVER_UNREACHABLE);
    world.awaitServerReason(SERVER, Reason.SERVER_UNREACHABLE);

    agent.report(FakeAgent.online(SERVER, config, DOMAIN));
    world.awaitReason(ns, "web", Reason.REGISTERED);
    world.awaitServerReason(SERVER, Reason.CONNECTED);
  }

  @Test
  void lostAgentIsOnTheTunnelAndItsReturnToo() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: tunnels, service: {name: web}}");
    var config = world.awaitSharedConfig(SERVER, ns + "/web");
    agent.report(FakeAgent.online(SERVER, config, DOMAIN));
    var ready = world.awaitReason(ns, "web", Reason.REGISTERED);

    world.deletePod(NAMESPACE, "agent-" + ns);
    world.awaitReason(ns, "web", Reason.AGENT_NOT_READY);

    world.agentPod(NAMESPACE, "agent-" + ns, "127.0.0.2", Labels.SHARED, Map.of());
    var again = world.awaitReason(ns, "web", Reason.REGISTERED);
    assertThat(again.getStatus()).isEqualTo(ready.getStatus());
  }

  @Test
  void eachTransitionIsOneEvent() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: tunnels, service: {name: web}}");
    var config = world.awaitSharedConfig(SERVER, ns + "/web");
    agent.report(FakeAgent.online(SERVER, config, DOMAIN));
    world.awaitReason(ns, "web", Reason.REGISTERED);
    var before = world.ready(ns, "web").orElseThrow();

    // Each report has the Tunnel looked at again; the last one proves that they were.
    agent.report(
        FakeAgent.online(SERVER, config, DOMAIN),
        FakeAgent.down("x", SessionState.CONNECTING, null));
    agent.report(FakeAgent.online(SERVER, config, DOMAIN));
    world.tunnel(ns, "probe", "{server: tunnels, service: {name: absent}}");
    world.awaitReason(ns, "probe", Reason.SERVICE_NOT_FOUND);

    await()
        .untilAsserted(() ->
            assertThat(
                    world.client.events().v1().events().inNamespace(ns).list().getItems().stream()
                        .filter(e -> e.getRegarding().getName().equals("web"))
                        .filter(e -> e.getReason().equals("Registered")))
                .hasSize(1));
    assertThat(world.ready(ns, "web").map(Condition::getLastTransitionTime))
        .contains(before.getLastTransitionTime());
  }

  @Test
  void agentsPodIsToldOfItsNewConfiguration() {
    world.service(ns, "web", 80);
    world.tunnel(ns, "web", "{server: tunnels, service: {name: web}}");

    await()
        .untilAsserted(() ->
            assertThat(world.podAnnotations(NAMESPACE, "agent-" + ns))
                .containsKey(Labels.CONFIG_HASH));
  }

  @Test
  void portsAreExplained() {
    world.apply(
        ns,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: many}
        spec: {ports: [{name: http, port: 80}, {name: admin, port: 81}]}
        """);
    world.tunnel(ns, "unsaid", "{server: tunnels, service: {name: many}}");
    world.tunnel(ns, "wrong", "{server: tunnels, service: {name: many, port: 82}}");

    assertThat(world.awaitReason(ns, "unsaid", Reason.PORT_AMBIGUOUS).getMessage())
        .contains("http (80), admin (81)");
    assertThat(world.awaitReason(ns, "wrong", Reason.PORT_NOT_FOUND).getMessage())
        .contains("no TCP port 82");
  }
}
