package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.pgrokd.testing.Wire;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.Ping;
import io.pgrok.protocol.message.Message.RegProxy;
import io.pgrok.protocol.message.Message.StartProxy;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** Sessions: who may take over, share, close, and when they end. */
@ExtendWith(Leaks.class)
class SessionTest {

  private TestServer server;

  @AfterEach
  void stop() {
    server.close();
  }

  private String body(String subdomain) throws Exception {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      return visitor.get(subdomain).receive().body();
    }
  }

  private int status(String subdomain) throws Exception {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      return visitor.get(subdomain).receive().status();
    }
  }

  @Test
  void aReconnectingAgentReplacesItsOldConnectionAndGetsItsNamesBack() throws Exception {
    server = TestServer.withTokens();
    // Lazy: a classic proxy connection names only the ClientId, so one that the old process dialled
    // late would count as the new one's.
    TestAgent old = TestAgent.lazy(server, TestAgent.auth(TestServer.TOKEN, ""));
    old.open("mine", HttpService.saying("old"));
    String id = old.welcome().clientId();
    TestAgent next = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, id));
    assertThat(next.welcome().clientId()).isEqualTo(id);
    next.open("mine", HttpService.saying("new"));
    assertThat(old.control().isClosedByServer()).isTrue();
    assertThat(body("mine")).isEqualTo("new");
    next.close();
  }

  @Test
  void anotherIdentityCannotTakeASessionOver() throws Exception {
    server = TestServer.withTokens();
    TestAgent owner = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""));
    owner.open("mine", HttpService.saying("owner"));
    String id = owner.welcome().clientId();
    TestAgent thief = TestAgent.connect(server, TestAgent.auth(TestServer.OTHER_TOKEN, id));
    assertThat(thief.welcome().clientId()).isNotEmpty().isNotEqualTo(id);
    assertThat(thief.ask(TestAgent.http("mine")).error()).contains("already registered");
    assertThat(body("mine")).isEqualTo("owner");
    owner.close();
    thief.close();
  }

  @Test
  void anUnknownClientIdGetsAFreshOneAndItsRandomNameBack() throws Exception {
    server = TestServer.open();
    TestAgent first = TestAgent.connect(server);
    String url = first.open(TestAgent.http(""), HttpService.saying("x"));
    String id = first.welcome().clientId();
    first.close();
    await().until(() -> server.server().sessionCount() == 0);
    TestAgent again = TestAgent.connect(server, TestAgent.auth("", id));
    assertThat(again.welcome().clientId()).isNotEmpty().isNotEqualTo(id);
    assertThat(again.open(TestAgent.http(""), HttpService.saying("x"))).isEqualTo(url);
    assertThat(again.ask(TestAgent.http("")).url()).as("a second one").isNotEqualTo(url);
    again.close();
  }

  @Test
  void onlyGrantedExtensionsAreAnnounced() throws Exception {
    server = TestServer.withTokens();
    TestAgent agent =
        TestAgent.lazy(
            server,
            TestAgent.auth(TestServer.TOKEN, "", Extension.CLOSE, Extension.SHARE, "teleport"));
    assertThat(agent.welcome().ext()).containsExactlyInAnyOrder(Extension.CLOSE, Extension.SHARE);
    assertThat(agent.welcome().proxyKey()).isEmpty();
    TestAgent classic = TestAgent.lazy(server, TestAgent.auth(TestServer.TOKEN, ""));
    assertThat(classic.welcome().ext()).isEmpty();
    agent.close();
    classic.close();
  }

  @Test
  void sessionsOfOneIdentityShareANameAndADeadOneDropsOutAtOnce() throws Exception {
    server =
        TestServer.start(config ->
            TestServer.withTiming(TestServer.withTokenFile(config), "comeback", 300, "drain", 100));
    TestAgent one = sharing(TestServer.TOKEN);
    TestAgent two = sharing(TestServer.TOKEN);
    one.open("shared", HttpService.saying("one"));
    two.open("shared", HttpService.saying("two"));
    Set<String> seen = new HashSet<>();
    await()
        .until(() -> {
          seen.add(body("shared"));
          return seen.size() == 2;
        });
    one.kill();
    await().until(() -> server.server().sessionCount() == 1);
    for (int i = 0; i < 5; i++) {
      assertThat(body("shared")).isEqualTo("two");
    }
    two.close();
    await().until(() -> status("shared") == 404);
  }

  private TestAgent sharing(String token) throws Exception {
    return TestAgent.connect(server, TestAgent.auth(token, "", Extension.SHARE));
  }

  @Test
  void nobodyElseSharesAName() throws Exception {
    server = TestServer.withTokens();
    TestAgent owner = sharing(TestServer.TOKEN);
    owner.open("shared", HttpService.saying("x"));
    TestAgent stranger = sharing(TestServer.OTHER_TOKEN);
    assertThat(stranger.ask(TestAgent.http("shared")).error()).contains("already registered");
    TestAgent classic = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""));
    assertThat(classic.ask(TestAgent.http("shared")).error()).contains("already registered");
    assertThat(owner.ask(TestAgent.http("shared")).error()).contains("already registered");
    owner.close();
    stranger.close();
    classic.close();
  }

  @Test
  void aVisitorIsServedByAnotherMemberWhenOneGivesNoConnection() throws Exception {
    server =
        TestServer.start(config ->
            TestServer.withTiming(
                TestServer.withTokenFile(config), "memberWait", 200, "drain", 100));
    TestAgent lazy = TestAgent.lazy(server, TestAgent.auth(TestServer.TOKEN, "", Extension.SHARE));
    lazy.open("shared", TestAgent.SILENT);
    TestAgent busy = sharing(TestServer.TOKEN);
    busy.open("shared", HttpService.saying("served"));
    for (int i = 0; i < 6; i++) {
      assertThat(body("shared")).isEqualTo("served");
    }
    lazy.close();
    busy.close();
  }

  @Test
  void aMemberThatHasGoneQuietIsPassedOver() throws Exception {
    server =
        TestServer.start(config ->
            TestServer.withTiming(TestServer.withTokenFile(config), "quiet", 300, "drain", 100));
    TestAgent quiet = sharing(TestServer.TOKEN);
    quiet.open("shared", HttpService.saying("quiet"));
    TestAgent alive = sharing(TestServer.TOKEN);
    alive.open("shared", HttpService.saying("alive"));
    await()
        .until(() -> {
          // Ten in a row would be luck of one in a thousand if both were asked.
          for (int i = 0; i < 10; i++) {
            alive.settle();
            if (!body("shared").equals("alive")) {
              return false;
            }
          }
          return true;
        });
    quiet.close();
    alive.close();
  }

  @Test
  void oneTunnelIsClosedWithoutTheSession() throws Exception {
    server = TestServer.open();
    TestAgent agent = TestAgent.connect(server, TestAgent.auth("", "", Extension.CLOSE));
    String gone = agent.open("gone", HttpService.saying("x"));
    agent.open("stays", HttpService.saying("y"));
    agent.closeTunnel(gone);
    agent.closeTunnel("http://unknown");
    agent.settle();
    assertThat(status("gone")).isEqualTo(404);
    assertThat(body("stays")).isEqualTo("y");
    agent.close();
  }

  @Test
  void closingIsForThoseThatNegotiatedIt() throws Exception {
    server = TestServer.open();
    TestAgent agent = TestAgent.connect(server);
    String url = agent.open("one", HttpService.saying("x"));
    agent.closeTunnel(url);
    assertThat(agent.control().isClosedByServer()).isTrue();
    agent.close();
  }

  @Test
  void aSilentSessionIsReapedAndItsVisitorsAreCutOff() throws Exception {
    server = TestServer.open("heartbeatSilence", 1500, "drain", 100);
    TestAgent agent = TestAgent.connect(server, TestAgent.auth("", "", Extension.HEARTBEAT));
    agent.open("one", TestAgent.SILENT);
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      visitor.get("one");
      assertThat(visitor.receive().status()).isEqualTo(502);
    }
    assertThat(status("one")).isEqualTo(404);
    TestAgent classic = TestAgent.connect(server);
    classic.open("two", HttpService.saying("x"));
    agent.close();
    classic.close();
  }

  @Test
  void pingsKeepASessionAlive() throws Exception {
    server = TestServer.open("heartbeatSilence", 1000, "drain", 100);
    TestAgent pinging = TestAgent.connect(server, TestAgent.auth("", "", Extension.HEARTBEAT));
    pinging.open("pinging", HttpService.saying("x"));
    TestAgent silent = TestAgent.connect(server, TestAgent.auth("", "", Extension.HEARTBEAT));
    silent.open("silent", HttpService.saying("x"));
    await()
        .until(() -> {
          pinging.control().send(new Ping());
          return status("silent") == 404;
        });
    assertThat(body("pinging")).isEqualTo("x");
    pinging.close();
    silent.close();
  }

  @Test
  void aProxyConnectionMustRepeatTheKeyOfItsSession() throws Exception {
    server = TestServer.open();
    TestAgent agent = TestAgent.connect(server, TestAgent.auth("", "", Extension.PROXY_KEY));
    agent.open("one", HttpService.saying("genuine"));
    String key = agent.welcome().proxyKey();
    assertThat(key).hasSize(32);
    for (String guess : new String[] {"", "0".repeat(32), key.substring(1)}) {
      try (Wire wire = Wire.connect(server.tunnelPort())) {
        wire.send(new RegProxy(agent.welcome().clientId(), guess));
        assertThat(wire.isClosedByServer()).isTrue();
      }
    }
    assertThat(body("one")).isEqualTo("genuine");
    agent.close();
  }

  @Test
  void theAgentLearnsUrlAndVisitorOfEachProxyConnection() throws Exception {
    server = TestServer.open();
    TestAgent agent = TestAgent.lazy(server, TestAgent.auth("", ""));
    String url = agent.open("one", TestAgent.SILENT);
    try (Wire proxy = Wire.connect(server.tunnelPort());
        Visitor visitor = Visitor.connect(server.httpPort())) {
      proxy.send(new RegProxy(agent.welcome().clientId(), ""));
      visitor.get("one");
      StartProxy start = (StartProxy) proxy.receive();
      assertThat(start.url()).isEqualTo(url);
      assertThat(start.clientAddr()).isEqualTo("127.0.0.1:" + visitor.socket().getLocalPort());
    }
    agent.close();
  }

  @Test
  void noLogLineHoldsAWholeClientId() throws Exception {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger ours = (Logger) LoggerFactory.getLogger("io.pgrok");
    lines.start();
    ours.addAppender(lines);
    ours.setAdditive(false);
    ours.setLevel(Level.DEBUG);
    String id;
    try {
      server = TestServer.open();
      TestAgent agent = TestAgent.connect(server, TestAgent.auth("", "", Extension.CLOSE));
      id = agent.welcome().clientId();
      String url = agent.open("web", TestAgent.SILENT);
      agent.ask(TestAgent.http("web"));
      agent.closeTunnel(url);
      agent.settle();
      agent.control().sendBytes(Wire.frame(2, "{}".getBytes()));
      await().until(() -> server.server().sessionCount() == 0);
      agent.close();
    } finally {
      ours.setLevel(null);
      ours.setAdditive(true);
      ours.detachAppender(lines);
    }
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.startsWith("session ended client=" + id.substring(0, 8) + " "))
        .noneMatch(line -> line.contains(id));
  }
}
