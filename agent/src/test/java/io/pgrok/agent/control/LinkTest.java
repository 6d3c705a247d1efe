package io.pgrok.agent.control;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.Link;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.Protocol;
import io.pgrok.agent.config.SessionSpec;
import io.pgrok.agent.config.TunnelSpec;
import io.pgrok.agent.fake.EchoService;
import io.pgrok.agent.fake.FakeControl;
import io.pgrok.agent.fake.FakeLink;
import io.pgrok.agent.fake.FakeLink.Frame;
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
import io.pgrok.protocol.message.Message.Drain;
import io.pgrok.protocol.message.Message.ReqProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session that was granted a link. */
@Timeout(60)
class LinkTest {

  private static final String WEB = "http://web.test";

  private final Network network = Network.open();
  private final AtomicReference<AgentStatus.Session> status = new AtomicReference<>();
  private final List<AgentStatus.Session> told = new CopyOnWriteArrayList<>();
  private final Traffic traffic = new Traffic();
  private FakeServer server;
  private EchoService service;
  private Session session;
  private FakeControl control;

  @BeforeEach
  void connect() throws Exception {
    server = new FakeServer();
    service = new EchoService();
    session =
        new Session(
            new SessionSpec("test", server.link(), List.of(web(service))),
            new Dialer(network),
            traffic,
            Inspector.none(),
            Duration.ofSeconds(10),
            this::tell);
    session.start();
    control = server.control().grant("c1", Extension.MUX, Extension.CLOSE);
    control.register(WEB);
    await()
        .until(() ->
            status.get() != null
                && requireNonNull(status.get()).tunnels().getFirst().state() == TunnelState.ONLINE);
  }

  private void tell(AgentStatus.Session report) {
    told.add(report);
    status.set(report);
  }

  private static TunnelSpec web(EchoService to) {
    PrivateAddress target = PrivateAddress.plain(new HostPort("127.0.0.1", to.port()));
    return new TunnelSpec(
        "web", null, "web", "", "", 0, new TreeMap<>(Map.of(Protocol.HTTP, target)));
  }

  @AfterEach
  void stop() throws Exception {
    // Its visitors go with it: a session waits for those who are left.
    server.close();
    session.stop(false);
    session.join();
    service.close();
    network.close();
  }

  @Test
  void showsItsPassAndCarriesVisitorsInParallel() throws Exception {
    FakeLink link = server.dialledLink();
    assertThat(link.registered().clientId()).isEqualTo("c1");

    link.open(2, WEB, "first");
    link.open(4, WEB, "second");

    assertThat(link.receive(4, 6)).isEqualTo("second");
    assertThat(traffic.open()).isEqualTo(2);
    link.flag(4, FakeLink.FIN);
    Frame end = link.receive(4);
    assertThat(end.flags()).isEqualTo(FakeLink.FIN);
    await().until(() -> traffic.open() == 1);
    assertThat(traffic.total()).isEqualTo(2);
  }

  @Test
  void theNextVisitorOfARestingStreamGoesOnWithItsConnection() throws Exception {
    FakeLink link = server.dialledLink();
    link.open(2, WEB, "one");
    assertThat(link.receive(2, 3)).isEqualTo("one");

    link.visitor(2, WEB, "192.0.2.9:9");
    link.send(2, "two");

    assertThat(link.receive(2, 3)).isEqualTo("two");
    assertThat(service.accepted()).isEqualTo(1);
  }

  @Test
  void aRestingStreamOfATunnelThatLeadsElsewhereNowIsJoinedAnew() throws Exception {
    FakeLink link = server.dialledLink();
    link.open(2, WEB, "one");
    assertThat(link.receive(2, 3)).isEqualTo("one");
    try (EchoService other = new EchoService()) {
      session.reconfigure(new SessionSpec("test", server.link(), List.of(web(other))));
      await()
          .until(() -> {
            link.visitor(2, WEB, "192.0.2.9:9");
            link.send(2, "two");
            assertThat(link.receive(2, 3)).isEqualTo("two");
            return other.accepted() == 1;
          });
    }
  }

  @Test
  void aVisitorWhoWentAwayEndsNobodyElsesStream() throws Exception {
    FakeLink link = server.dialledLink();
    link.open(2, WEB, "one");
    link.open(4, WEB, "two");
    assertThat(link.receive(4, 3)).isEqualTo("two");

    link.flag(2, FakeLink.RST);
    link.send(4, "more");

    assertThat(link.receive(4, 4)).isEqualTo("more");
    await().until(() -> traffic.open() == 1);
  }

  @Test
  void aLostLinkIsDialledAnewAndMeanwhileProxyConnectionsServe() throws Exception {
    server.dialledLink().close();
    control.send(new ReqProxy());

    assertThat(server.proxy().start(WEB, "classic").input().readNBytes(7))
        .asString()
        .isEqualTo("classic");
    FakeLink link = server.dialledLink();
    link.open(2, WEB, "again");
    assertThat(link.receive(2, 5)).isEqualTo("again");
  }

  @Test
  void afterALostControlConnectionVisitorsOfTheOldLinkFinish() throws Exception {
    FakeLink old = server.dialledLink();
    old.open(2, WEB, "one");
    assertThat(old.receive(2, 3)).isEqualTo("one");

    control.close();
    server.control().grant("c1", Extension.MUX);
    FakeLink next = server.dialledLink();

    old.send(2, "two");
    assertThat(old.receive(2, 3)).isEqualTo("two");
    old.flag(2, FakeLink.FIN);
    assertThat(old.receive(2).flags()).isEqualTo(FakeLink.FIN);
    assertThat(old.socket().getInputStream().read()).as("the old link is closed").isNegative();
    assertThat(next.socket().isClosed()).isFalse();
  }

  @Test
  void onShutdownVisitorsOfTheLinkFinish() throws Exception {
    FakeLink link = server.dialledLink();
    link.open(2, WEB, "one");
    assertThat(link.receive(2, 3)).isEqualTo("one");

    session.stop(false);

    assertThat(control.expect(CloseTunnel.class).url()).isEqualTo(WEB);
    link.send(2, "two");
    assertThat(link.receive(2, 3)).isEqualTo("two");
    assertThat(control.isClosed()).isFalse();
    link.flag(2, FakeLink.FIN);
    await().until(control::isClosed);
  }

  @Test
  void aServerThatIsAboutToEndIsLeftForTheNextOneAndItsVisitorsAreServedMeanwhile()
      throws Exception {
    FakeLink old = server.dialledLink();

    control.send(new Drain());
    FakeControl next = server.control();
    old.open(2, WEB, "meanwhile");
    assertThat(old.receive(2, 9)).isEqualTo("meanwhile");
    next.grant("c2", Extension.MUX);
    next.register(WEB);
    server.dialledLink().open(2, WEB, "there");
    old.send(2, "more");
    assertThat(old.receive(2, 4)).isEqualTo("more");
    assertThat(control.isClosed()).isFalse();
    control.expectPing();

    await().until(control::isClosed);
    old.send(2, "after");
    assertThat(old.receive(2, 5)).isEqualTo("after");
    next.expectPing();
  }

  @Test
  void theServerThatEndsCarriesVisitorsUntilThereIsAnother() throws Exception {
    FakeLink old = server.dialledLink();
    control.send(new Drain());
    server.control().close();
    server.control().close();

    old.open(2, WEB, "meanwhile");
    assertThat(old.receive(2, 9)).isEqualTo("meanwhile");
    assertThat(control.isClosed()).isFalse();
  }

  @Test
  void aMoveThatNoVisitorNoticesIsNoNews() throws Exception {
    told.clear();
    control.send(new Drain());
    server.control().close();
    FakeControl next = server.control();
    next.grant("c2", Extension.MUX);
    next.register("http://web.next");

    await().until(() -> tunnel().urls().equals(List.of("http://web.next")));
    assertThat(told)
        .allSatisfy(report -> {
          assertThat(report.state()).isEqualTo(SessionState.ONLINE);
          assertThat(report.tunnels().getFirst().state()).isEqualTo(TunnelState.ONLINE);
        });
  }

  @Test
  void thatTheServerEndedBeforeAnotherWasThereIsNews() throws Exception {
    control.send(new Drain());
    server.control().close();
    control.close();
    server.control().close();

    await().until(() -> requireNonNull(status.get()).state() == SessionState.RECONNECTING);
  }

  private AgentStatus.Tunnel tunnel() {
    return requireNonNull(status.get()).tunnels().getFirst();
  }

  @Test
  void anotherTokenIsShownBeforeTheSessionWithTheOneBeforeEnds() throws Exception {
    control.close();
    control = server.control().grant("c2", Extension.MUX, Extension.SHARE);
    control.register(WEB);
    server.dialledLink();
    FakeLink old = server.dialledLink();
    assertThat(old.registered().clientId()).isEqualTo("c2");
    old.open(2, WEB, "before");
    assertThat(old.receive(2, 6)).isEqualTo("before");

    session.reconfigure(new SessionSpec("test", withToken("renewed"), List.of(web(service))));

    FakeControl next = server.control();
    assertThat(next.auth().user()).isEqualTo("renewed");
    assertThat(next.auth().clientId()).isEmpty();
    next.grant("c3", Extension.MUX, Extension.SHARE);
    old.send(2, "meanwhile");
    assertThat(old.receive(2, 9)).isEqualTo("meanwhile");
    assertThat(control.isClosed()).isFalse();

    next.register(WEB);

    await().until(control::isClosed);
    old.send(2, "after");
    assertThat(old.receive(2, 5)).isEqualTo("after");
    assertThat(next.isClosed()).isFalse();
  }

  @Test
  void aTokenThatIsRefusedLeavesTheSessionWithTheOneBefore() throws Exception {
    control.close();
    control = server.control().grant("c1", Extension.SHARE);
    control.register(WEB);

    session.reconfigure(new SessionSpec("test", withToken("bad"), List.of(web(service))));

    server.control().send(new AuthResp("2", "3.0", "", "unknown token", List.of(), "", 0));
    await().until(() -> requireNonNull(status.get()).state() == SessionState.REFUSED);
    assertThat(control.isClosed()).isFalse();
  }

  private Link withToken(String token) {
    Link link = server.link();
    return new Link(link.server(), token, link.trust());
  }

  @Test
  void aServerThatDoesNotGrantItGetsNoLink() throws Exception {
    control.close();
    FakeControl classic = server.control();
    classic.send(new AuthResp("2", "3.0", "c1", "", List.of(), "", 3));
    server.dialledLink().close();
    classic.send(new ReqProxy());

    server.proxy();
    assertThat(server.hasLinks()).isFalse();
  }
}
