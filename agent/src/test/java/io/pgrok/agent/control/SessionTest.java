package io.pgrok.agent.control;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.HttpProxy;
import io.pgrok.agent.config.Link;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.Protocol;
import io.pgrok.agent.config.SessionSpec;
import io.pgrok.agent.config.Trust;
import io.pgrok.agent.config.TunnelSpec;
import io.pgrok.agent.fake.ConnectProxy;
import io.pgrok.agent.fake.EchoService;
import io.pgrok.agent.fake.FakeControl;
import io.pgrok.agent.fake.FakeProxy;
import io.pgrok.agent.fake.FakeServer;
import io.pgrok.agent.inspect.Inspector;
import io.pgrok.agent.net.Dialer;
import io.pgrok.agent.net.Network;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.AuthResp;
import io.pgrok.protocol.message.Message.CloseTunnel;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.ReqProxy;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session against a server that is told by the test what to say. */
@Timeout(60)
class SessionTest {

  private final Network network = Network.open();
  private final AtomicReference<AgentStatus.Session> status = new AtomicReference<>();
  private final Traffic traffic = new Traffic();
  private volatile Consumer<AgentStatus.Session> whenTold = _ -> {};
  private FakeServer server;
  private EchoService service;
  private Session session;

  @BeforeEach
  void listen() throws Exception {
    server = new FakeServer();
    service = new EchoService();
  }

  @AfterEach
  void stop() throws Exception {
    // Its visitors go with it: a session waits for those who are left.
    server.close();
    if (session != null) {
      session.stop(false);
      session.join();
    }
    service.close();
    network.close();
  }

  @Test
  void introducesItselfAndOffersTheExtensions() throws Exception {
    start(http("web"));

    FakeControl control = server.control();

    assertThat(control.auth().version()).isEqualTo("2");
    assertThat(control.auth().user()).isEqualTo("s3cret");
    assertThat(control.auth().clientId()).isEmpty();
    assertThat(control.auth().ext()).containsExactlyElementsOf(Extension.ALL);
  }

  @Test
  void registersItsTunnelsAndSaysSo() throws Exception {
    start(http("web"));
    FakeControl control = server.control().grant("c1");

    control.register("http://web.test");

    awaitTunnel("web", TunnelState.ONLINE);
    assertThat(status.get().state()).isEqualTo(SessionState.ONLINE);
    assertThat(tunnel("web").urls()).containsExactly("http://web.test");
  }

  @Test
  void aRefusedTunnelIsReportedAndAskedForAgainWhileTheOthersServe() throws Exception {
    start(http("taken"), http("free"));
    FakeControl control = server.control().grant("c1");
    ReqTunnel taken = control.expect(ReqTunnel.class);
    control.send(new NewTunnel(taken.reqId(), "", "", "already registered"));
    control.register("http://free.test");

    awaitTunnel("free", TunnelState.ONLINE);
    awaitTunnel("taken", TunnelState.REFUSED);
    assertThat(tunnel("taken").error()).isEqualTo("already registered");

    control.register("http://taken.test");
    awaitTunnel("taken", TunnelState.ONLINE);
    assertThat(tunnel("taken").error()).isNull();
  }

  @Test
  void comesBackWithTheSameClientIdAndTheSameNamesAfterALoss() throws Exception {
    start(new TunnelSpec("any", null, "", "", "", 0, targets(Protocol.HTTP)));
    FakeControl first = server.control().grant("c1");
    first.register("http://5f3a.test");
    awaitTunnel("any", TunnelState.ONLINE);

    first.close();

    FakeControl second = server.control();
    assertThat(second.auth().clientId()).isEqualTo("c1");
    second.grant("c1");
    assertThat(second.expect(ReqTunnel.class).subdomain()).isEqualTo("5f3a");
  }

  @Test
  void waitsForAServerThatIsNotThereYet() throws Exception {
    int port = server.port();
    server.close();
    start(new Link(new HostPort("localhost", port), "", server.link().trust()), http("web"));
    await().until(() -> status.get() != null && status.get().error() != null);
    assertThat(status.get().state()).isEqualTo(SessionState.RECONNECTING);
    assertThat(status.get().error()).contains("connection refused");

    server = new FakeServer(port);

    server.control().grant("c1").register("http://web.test");
    awaitTunnel("web", TunnelState.ONLINE);
  }

  @Test
  void aRefusedTokenIsReportedAndTriedAgain() throws Exception {
    start(http("web"));
    server.control().send(AuthResp.refused("this token is not known"));

    await().until(() -> status.get().state() == SessionState.REFUSED);
    assertThat(status.get().error()).isEqualTo("this token is not known");

    server.control().grant("c1").register("http://web.test");
    awaitTunnel("web", TunnelState.ONLINE);
  }

  @Test
  void anUntrustedCertificateIsRefusedWithWhatToDo() throws Exception {
    start(
        new Link(new HostPort("localhost", server.port()), "", new Trust.SystemRoots()),
        http("web"));

    await().until(() -> status.get() != null && status.get().error() != null);
    assertThat(status.get().error()).contains("not trusted").contains("-serverca");
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    start(
        new Link(new HostPort("127.0.0.1", server.port()), "", server.link().trust()), http("web"));

    await().until(() -> status.get() != null && status.get().error() != null);
    assertThat(status.get().error()).contains("does not fit");
  }

  @Test
  void goesThroughAnHttpProxyWithAllItsConnections() throws Exception {
    try (ConnectProxy proxy = new ConnectProxy("")) {
      start(throughProxy(proxy), http("web"));
      FakeControl control = server.control().grant("c1");
      control.register("http://web.test");
      awaitTunnel("web", TunnelState.ONLINE);
      control.send(new ReqProxy());
      FakeProxy visitor = server.proxy().start("http://web.test", "hello");

      assertThat(visitor.input().readNBytes(5)).asString().isEqualTo("hello");
      assertThat(proxy.heads())
          .hasSize(2)
          .allSatisfy(head ->
              assertThat(head)
                  .startsWith("CONNECT localhost:" + server.port() + " HTTP/1.1\n")
                  .contains("Proxy-Authorization: Basic bWU6c2VjcmV0"));
    }
  }

  @Test
  void aProxyThatRefusesIsNamed() throws Exception {
    try (ConnectProxy proxy = new ConnectProxy("HTTP/1.1 407 Proxy Authentication Required")) {
      start(throughProxy(proxy), http("web"));

      await().until(() -> status.get() != null && status.get().error() != null);
      assertThat(status.get().error())
          .contains("the proxy localhost:" + proxy.port() + " refused the way")
          .contains("407 Proxy Authentication Required")
          .doesNotContain("secret");
    }
  }

  @Test
  void aServerThatSaysNonsenseIsLeftAndTriedAgain() throws Exception {
    start(http("web"));
    server.control().send(new ReqProxy());

    server.control().grant("c1").register("http://web.test");
    awaitTunnel("web", TunnelState.ONLINE);
  }

  @Test
  void anErrorOfItsOwnIsReportedAndDoesNotEndItForEver() throws Exception {
    whenTold =
        told -> {
          if (told.state() == SessionState.ONLINE) {
            whenTold = _ -> {};
            throw new IllegalStateException("a fault");
          }
        };
    start(http("web"));

    server.control().grant("c1");

    await().untilAsserted(() -> assertThat(status.get().error()).contains("a fault"));
    assertThat(status.get().state()).isEqualTo(SessionState.RECONNECTING);
    server.control().grant("c1").register("http://web.test");
    awaitTunnel("web", TunnelState.ONLINE);
  }

  @Test
  void tunnelsComeAndGoWithoutTouchingTheOthers() throws Exception {
    start(http("a"), http("b"));
    FakeControl control = server.control().grant("c1", Extension.CLOSE);
    control.register("http://a.test");
    control.register("http://b.test");
    awaitTunnel("b", TunnelState.ONLINE);

    reconfigure(http("b"), http("c"));

    assertThat(control.expect(CloseTunnel.class).url()).isEqualTo("http://a.test");
    assertThat(control.expect(ReqTunnel.class).category()).isEqualTo("c");
    assertThat(control.isQuiet()).isTrue();
  }

  @Test
  void aServerThatCannotCloseOneTunnelIsConnectedAnew() throws Exception {
    start(http("a"), http("b"));
    FakeControl classic = server.control().grant("c1");
    classic.register("http://a.test");
    classic.register("http://b.test");
    awaitTunnel("b", TunnelState.ONLINE);

    reconfigure(http("b"));

    FakeControl second = server.control();
    assertThat(second.auth().clientId()).isEqualTo("c1");
    second.grant("c1");
    assertThat(second.expect(ReqTunnel.class).category()).isEqualTo("b");
    await().until(classic::isClosed);
  }

  @Test
  void anotherServerIsConnectedToAtOnce() throws Exception {
    start(http("web"));
    server.control().grant("c1").register("http://web.test");
    try (FakeServer other = new FakeServer()) {
      session.reconfigure(new SessionSpec("test", other.link(), List.of(http("web"))));

      other.control().grant("c2").register("http://web.other");
      await().until(() -> tunnel("web").urls().contains("http://web.other"));
    }
  }

  @Test
  void aBrokenConfigurationIsReportedWhileTheLastGoodOneServes() throws Exception {
    start(http("web"));
    server.control().grant("c1").register("http://web.test");
    awaitTunnel("web", TunnelState.ONLINE);

    session.misconfigured("pgrok.yml:3: is not valid YAML");

    await().until(() -> status.get().configError() != null);
    assertThat(status.get().state()).isEqualTo(SessionState.ONLINE);
    reconfigure(http("web"));
    await().until(() -> status.get().configError() == null);
  }

  @Test
  void carriesVisitorsInParallelToThePrivateService() throws Exception {
    start(http("web"));
    FakeControl control = server.control().grant("c1");
    control.register("http://web.test");
    awaitTunnel("web", TunnelState.ONLINE);
    control.send(new ReqProxy());
    control.send(new ReqProxy());

    FakeProxy one = server.proxy();
    FakeProxy two = server.proxy();
    assertThat(one.registered().clientId()).isEqualTo("c1");
    two.start("http://web.test", "second");
    one.start("http://web.test", "first");

    assertThat(two.input().readNBytes(6)).asString().isEqualTo("second");
    assertThat(one.input().readNBytes(5)).asString().isEqualTo("first");
    assertThat(traffic.open()).isEqualTo(2);
    one.close();
    two.close();
    await().until(() -> traffic.open() == 0);
    assertThat(traffic.total()).isEqualTo(2);
  }

  @Test
  void showsTheProxyKeyThatTheServerGave() throws Exception {
    start(http("web"));
    FakeControl control = server.control();
    control.send(new AuthResp("2", "3.0", "c1", "", List.of(Extension.PROXY_KEY), "a-secret-key"));
    control.send(new ReqProxy());

    assertThat(server.proxy().registered().proxyKey()).isEqualTo("a-secret-key");
  }

  @Test
  void visitorsOfAServiceThatIsDownGetAPage() throws Exception {
    int port = service.port();
    service.close();
    start(
        new TunnelSpec(
            "web",
            null,
            "web",
            "",
            "",
            0,
            new TreeMap<>(
                Map.of(Protocol.HTTP, PrivateAddress.plain(new HostPort("127.0.0.1", port))))));
    FakeControl control = server.control().grant("c1");
    control.register("http://web.test");
    awaitTunnel("web", TunnelState.ONLINE);
    control.send(new ReqProxy());

    String answer = server.proxy().start("http://web.test", "GET / HTTP/1.1\r\n\r\n").readAll();

    assertThat(answer)
        .startsWith("HTTP/1.1 502 Bad Gateway\r\n")
        .contains("The private service of this tunnel does not answer")
        .doesNotContain(String.valueOf(port));
  }

  @Test
  void aProbeIsAnsweredHereAndIsNoVisit() throws Exception {
    start(http("web"));
    FakeControl control = server.control().grant("c1");
    control.register("http://web.test");
    awaitTunnel("web", TunnelState.ONLINE);
    control.send(new ReqProxy());

    String answer = server.proxy().probe("http://web.test").readAll();

    assertThat(answer).startsWith("HTTP/1.1 204 No Content\r\nPgrok-Agent: ");
    assertThat(tunnel("web").lastVisit()).isNull();
  }

  @Test
  void theStatusTellsWhenATunnelWasLastVisited() throws Exception {
    start(http("web"));
    FakeControl control = server.control().grant("c1", Extension.HEARTBEAT);
    control.register("http://web.test");
    awaitTunnel("web", TunnelState.ONLINE);
    long before = System.currentTimeMillis();
    control.send(new ReqProxy());

    server.proxy().start("http://web.test", "hello");

    await()
        .untilAsserted(() ->
            assertThat(tunnel("web").lastVisit())
                .isNotNull()
                .isBetween(before, System.currentTimeMillis()));
  }

  @Test
  void onShutdownNoVisitorIsSentAnyMoreAndThoseWhoAreHereFinish() throws Exception {
    start(http("web"));
    FakeControl control = server.control().grant("c1", Extension.CLOSE);
    control.register("http://web.test");
    awaitTunnel("web", TunnelState.ONLINE);
    control.send(new ReqProxy());
    FakeProxy visitor = server.proxy().start("http://web.test", "one");
    assertThat(visitor.input().readNBytes(3)).asString().isEqualTo("one");

    session.stop(false);

    assertThat(control.expect(CloseTunnel.class).url()).isEqualTo("http://web.test");
    visitor.send("two");
    assertThat(visitor.input().readNBytes(3)).asString().isEqualTo("two");
    assertThat(control.isClosed()).isFalse();
    visitor.close();
    await().until(control::isClosed);
  }

  private void start(TunnelSpec... tunnels) {
    start(server.link(), tunnels);
  }

  private void start(Link link, TunnelSpec... tunnels) {
    session =
        new Session(
            new SessionSpec("test", link, Arrays.asList(tunnels)),
            new Dialer(network),
            traffic,
            Inspector.none(),
            Duration.ofSeconds(10),
            told -> {
              status.set(told);
              whenTold.accept(told);
            });
    session.start();
  }

  private Link throughProxy(ConnectProxy proxy) {
    return new Link(
        server.link().server(),
        "s3cret",
        server.link().trust(),
        null,
        new HttpProxy(new HostPort("localhost", proxy.port()), "me:secret"));
  }

  private void reconfigure(TunnelSpec... tunnels) {
    session.reconfigure(new SessionSpec("test", server.link(), Arrays.asList(tunnels)));
  }

  private TunnelSpec http(String name) {
    return new TunnelSpec(name, null, name, "", "", 0, targets(Protocol.HTTP));
  }

  private TreeMap<Protocol, PrivateAddress> targets(Protocol protocol) {
    return new TreeMap<>(
        Map.of(protocol, PrivateAddress.plain(new HostPort("127.0.0.1", service.port()))));
  }

  private void awaitTunnel(String name, TunnelState state) {
    await().until(() -> status.get() != null && tunnel(name).state() == state);
  }

  private AgentStatus.Tunnel tunnel(String name) {
    return requireNonNull(status.get()).tunnels().stream()
        .filter(tunnel -> tunnel.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
