package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.auth.TokenFile;
import io.pgrok.pgrokd.config.Limits;
import io.pgrok.pgrokd.config.ServerConfig;
import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.testing.AdminPort;
import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.protocol.message.Extension;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What limits do to visitors and agents of a whole server. */
@ExtendWith(Leaks.class)
class LimitsTest {

  private static final String TOKEN = "token-of-ci";

  @TempDir Path dir;

  private static ServerConfig limited(ServerConfig config, Object... changes) {
    return Copy.of(config, "limits", Copy.of(Limits.DEFAULT, changes));
  }

  /** A server that knows one token, with a line of limits in its entry. */
  private TestServer granting(String limit) throws Exception {
    Path tokens =
        Files.writeString(
            dir.resolve("tokens.yml"),
            "tokens:\n- name: ci\n  sha256: %s\n  %s\n".formatted(TokenFile.hash(TOKEN), limit));
    return TestServer.start(config -> Copy.of(config, "tokenFiles", List.of(tokens)));
  }

  private static TestAgent agent(TestServer server, String... extensions) throws Exception {
    return TestAgent.connect(server, TestAgent.auth(TOKEN, "", extensions));
  }

  /** Answers when it is told to. */
  private static HttpService waiting(CountDownLatch go) {
    return new HttpService((head, body, out) -> {
      go.await();
      out.write(HttpService.response("done"));
      return true;
    });
  }

  private static double rejections(TestServer server, String reason) throws Exception {
    return AdminPort.of(server).metric("pgrokd_rejections_total{reason=\"" + reason + "\"}");
  }

  @Test
  void anAddressHasSoManyConnections() throws Exception {
    try (TestServer server =
            TestServer.start(config -> limited(config, "connectionsPerAddress", 1));
        Visitor first = Visitor.connect(server.httpPort())) {
      assertThat(first.get("nobody").receive().status()).isEqualTo(404);
      try (Visitor second = Visitor.connect(server.httpPort())) {
        assertThat(second.isClosed()).isTrue();
      }
      assertThat(rejections(server, "address_connections")).isEqualTo(1);
      first.close();
      await()
          .ignoreExceptions()
          .until(() -> {
            try (Visitor third = Visitor.connect(server.httpPort())) {
              return third.get("nobody").receive().status() == 404;
            }
          });
    }
  }

  @Test
  void anAddressHasSoManyConnectionsToTheTunnelPortThatSayNothing() throws Exception {
    try (TestServer server =
        TestServer.start(config -> limited(config, "connectionsPerAddress", 3))) {
      List<Socket> mute = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        mute.add(new Socket(InetAddress.getLoopbackAddress(), server.tunnelPort()));
      }
      // One of them: which one, event loops decide.
      String refused = "pgrokd_agents_refused_total{reason=\"connections\"}";
      await().until(() -> AdminPort.of(server).metric(refused) == 1);
      for (Socket socket : mute) {
        socket.close();
      }
      // Those that have said it do not count.
      List<TestAgent> agents = new ArrayList<>();
      await()
          .ignoreExceptions()
          .until(() -> {
            agents.add(TestAgent.connect(server));
            return agents.size() == 5;
          });
      for (TestAgent agent : agents) {
        agent.close();
      }
    }
  }

  @Test
  void whereAProxyNamesTheVisitorItsRequestsCount() throws Exception {
    TrustedProxies loopback = TrustedProxies.parse(List.of("127.0.0.0/8"));
    CountDownLatch go = new CountDownLatch(1);
    try (TestServer server =
            TestServer.start(config ->
                Copy.of(limited(config, "connectionsPerAddress", 1), "trustedProxies", loopback));
        TestAgent agent = TestAgent.connect(server);
        Visitor busy = Visitor.connect(server.httpPort());
        Visitor next = Visitor.connect(server.httpPort())) {
      agent.open("slow", waiting(go));
      agent.open("quick", HttpService.saying("hello"));
      busy.get("slow", "X-Forwarded-For: 192.0.2.1");
      await().until(() -> agent.started() == 1);
      assertThat(next.get("quick", "X-Forwarded-For: 192.0.2.1").receive().status()).isEqualTo(429);
      // What the visitor itself claims is left of what the proxy says.
      assertThat(next.get("quick", "X-Forwarded-For: 192.0.2.9, 192.0.2.1").receive().status())
          .isEqualTo(429);
      assertThat(next.get("quick", "X-Forwarded-For: 192.0.2.2").receive().status()).isEqualTo(200);
      go.countDown();
      assertThat(busy.receive().status()).isEqualTo(200);
      assertThat(next.get("quick", "X-Forwarded-For: 192.0.2.1").receive().status()).isEqualTo(200);
    }
  }

  @Test
  void aTunnelHasSoManyVisitors() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (TestServer server = TestServer.start(config -> limited(config, "visitsPerTunnel", 1));
        TestAgent agent = TestAgent.connect(server);
        Visitor busy = Visitor.connect(server.httpPort());
        Visitor next = Visitor.connect(server.httpPort())) {
      agent.open("slow", waiting(go));
      agent.open("other", HttpService.saying("hello"));
      busy.get("slow");
      await().until(() -> agent.started() == 1);
      Visitor.Response refused = next.get("slow").receive();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(next.get("other").receive().status()).isEqualTo(200);
      go.countDown();
      busy.receive();
      assertThat(next.get("slow").receive().status()).isEqualTo(200);
      assertThat(rejections(server, "tunnel_connections")).isEqualTo(1);
    }
  }

  @Test
  void aTokensRequestsHaveAPaceOverAllItsTunnels() throws Exception {
    try (TestServer server = granting("requestsPerSecond: 1");
        TestAgent one = agent(server);
        TestAgent two = agent(server);
        Visitor visitor = Visitor.connect(server.httpPort())) {
      one.open("one", HttpService.saying("1"));
      two.open("two", HttpService.saying("2"));
      assertThat(visitor.get("one").receive().status()).isEqualTo(200);
      Visitor.Response refused = visitor.get("two", "Accept: text/html").receive();
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(refused.body()).contains("more requests a second");
      await().until(() -> visitor.get("two").receive().status() == 200);
      assertThat(rejections(server, "token_rate")).isPositive();
    }
  }

  @Test
  void aTokensRateAndCountHoldForTcpAsWell() throws Exception {
    try (TestServer server = granting("maxConnections: 1");
        TestAgent agent = agent(server)) {
      int port =
          URI.create(
                  agent.open(
                      TestAgent.tcp(0),
                      (socket, start) ->
                          socket.getInputStream().transferTo(socket.getOutputStream())))
              .getPort();
      Visitor first = Visitor.connect(port);
      first.send("x");
      assertThat(first.in().read()).isEqualTo('x');
      try (Visitor second = Visitor.connect(port)) {
        assertThat(second.isClosed()).isTrue();
      }
      assertThat(rejections(server, "token_connections")).isEqualTo(1);
      first.close();
      await()
          .ignoreExceptions()
          .until(() -> {
            try (Visitor third = Visitor.connect(port)) {
              third.send("y");
              return third.in().read() == 'y';
            }
          });
    }
  }

  @Test
  void aTokensTunnelsCountOverAllItsSessionsAndASharedOneOnce() throws Exception {
    try (TestServer server = granting("maxTunnels: 1");
        TestAgent one = agent(server, Extension.SHARE, Extension.CLOSE);
        TestAgent two = agent(server, Extension.SHARE, Extension.CLOSE)) {
      String url = one.open("web", HttpService.saying("1"));
      assertThat(two.ask(TestAgent.http("web")).error()).isEmpty();
      assertThat(two.ask(TestAgent.http("more")).error())
          .isEqualTo("Your token may not have more than 1 tunnels at once.");
      one.closeTunnel(url);
      one.settle();
      assertThat(one.ask(TestAgent.http("more")).error()).isNotEmpty();
      two.close();
      await().until(() -> one.ask(TestAgent.http("more")).error().isEmpty());
    }
  }

  @Test
  void aTokenHasSoManySessionsAndATakeOverIsNotOneMore() throws Exception {
    try (TestServer server =
        TestServer.start(
            config -> limited(TestServer.withTokenFile(config), "sessionsPerToken", 1))) {
      TestAgent first = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""));
      assertThatThrownBy(() -> TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, "")))
          .hasMessageContaining("may not have more than 1 agents");
      TestAgent again =
          TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, first.welcome().clientId()));
      TestAgent.connect(server, TestAgent.auth(TestServer.OTHER_TOKEN, "")).close();
      first.close();
      again.close();
      await()
          .ignoreExceptions()
          .until(() -> {
            TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, "")).close();
            return true;
          });
      assertThat(AdminPort.of(server).metric("pgrokd_agents_refused_total{reason=\"sessions\"}"))
          .isPositive();
    }
  }

  @Test
  void agentsThatProveNothingOnProxyConnectionsMayBeKeptOut() throws Exception {
    try (TestServer server =
        TestServer.start(config -> Copy.of(config, "classicProxyConnections", false))) {
      assertThatThrownBy(() -> TestAgent.connect(server))
          .hasMessageContaining("no agents of the classic protocol");
      TestAgent.connect(server, TestAgent.auth("", "", Extension.PROXY_KEY)).close();
    }
  }
}
