package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.protocol.grant.PortRange;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Visitors of TCP tunnels through a whole server. */
@ExtendWith(Leaks.class)
class TcpTunnelTest {

  private static final TestAgent.Service ECHO =
      (socket, start) -> socket.getInputStream().transferTo(socket.getOutputStream());

  private TestServer server;
  private TestAgent agent;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.open();
    agent = TestAgent.connect(server, TestAgent.auth("", "", Extension.CLOSE));
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    server.close();
  }

  private static int port(String url) {
    return URI.create(url).getPort();
  }

  @Test
  void aServersPortsAreThoseThatTunnelsGet() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    try (TestServer ranged =
            TestServer.start(
                config -> Copy.of(config, "tcpPorts", List.of(new PortRange(free, free))));
        TestAgent asking = TestAgent.connect(ranged)) {
      assertThat(asking.ask(TestAgent.tcp(free == 7000 ? 7001 : 7000)).error())
          .contains("This server has no TCP port")
          .contains("[" + free + "]");
      assertThat(port(asking.open(TestAgent.tcp(0), ECHO))).isEqualTo(free);
      assertThat(asking.ask(TestAgent.tcp(0)).error()).isNotEmpty();
    }
  }

  @Test
  void aServerWithoutPortsForTunnelsSaysSo() throws Exception {
    try (TestServer without = TestServer.start(config -> Copy.of(config, "tcpPorts", List.of()));
        TestAgent asking = TestAgent.connect(without)) {
      for (int port : new int[] {0, 7000}) {
        assertThat(asking.ask(TestAgent.tcp(port)).error())
            .startsWith("This server has no TCP ports for tunnels")
            .contains("tcpPorts");
      }
      ReqTunnel both = new ReqTunnel("t", "1", "http+tcp", "", "one", "", 0);
      assertThat(asking.ask(both).error()).startsWith("This server has no TCP ports");
      assertThat(asking.ask(TestAgent.http("one")).error()).isEmpty();
    }
  }

  @Test
  void bytesGoBothWays() throws Exception {
    String url = agent.open(TestAgent.tcp(0), ECHO);
    assertThat(url).startsWith("tcp://" + TestServer.DOMAIN + ":");
    byte[] sent = new byte[3_000_000];
    new Random(2).nextBytes(sent);
    try (Visitor visitor = Visitor.connect(port(url))) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              visitor.send(sent);
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      assertThat(Arrays.mismatch(visitor.in().readNBytes(sent.length), sent)).isEqualTo(-1);
    }
  }

  @Test
  void aServiceMaySpeakFirst() throws Exception {
    String url =
        agent.open(
            TestAgent.tcp(0),
            (socket, start) ->
                socket.getOutputStream().write("220 ready".getBytes(StandardCharsets.US_ASCII)));
    for (int i = 0; i < 100; i++) {
      try (Visitor visitor = Visitor.connect(port(url))) {
        assertThat(visitor.in().readAllBytes()).asString().isEqualTo("220 ready");
      }
    }
  }

  @Test
  void aPortThatSomebodyHasIsRefusedAndNothingElseIsKept() throws Exception {
    try (ServerSocket other = new ServerSocket(0)) {
      ReqTunnel both = new ReqTunnel("t", "1", "http+tcp", "", "one", "", other.getLocalPort());
      assertThat(agent.ask(both).error()).contains("port is in use");
      assertThat(agent.ask(TestAgent.http("one")).error()).isEmpty();
    }
  }

  @Test
  void aClosedTunnelFreesItsPort() throws Exception {
    String url = agent.open(TestAgent.tcp(0), ECHO);
    agent.closeTunnel(url);
    assertThat(agent.open(TestAgent.tcp(port(url)), ECHO)).isEqualTo(url);
    try (Visitor visitor = Visitor.connect(port(url))) {
      assertThat(visitor.send("again").in().readNBytes(5)).asString().isEqualTo("again");
    }
  }

  @Test
  void anAgentThatComesBackGetsItsPortBack() throws Exception {
    String url = agent.open(TestAgent.tcp(0), ECHO);
    TestAgent next = TestAgent.connect(server, TestAgent.auth("", agent.welcome().clientId()));
    assertThat(next.open(TestAgent.tcp(0), ECHO)).isEqualTo(url);
    next.close();
  }

  @Test
  void aKilledAgentResetsItsVisitors() throws Exception {
    String url = agent.open(TestAgent.tcp(0), ECHO);
    try (Visitor visitor = Visitor.connect(port(url))) {
      assertThat(visitor.send("x").in().readNBytes(1)).asString().isEqualTo("x");
      agent.kill();
      assertThat(visitor.isClosed()).isTrue();
    }
    await()
        .ignoreExceptions()
        .until(() -> {
          try (Visitor late = Visitor.connect(port(url))) {
            return false;
          } catch (IOException refused) {
            return true;
          }
        });
  }
}
