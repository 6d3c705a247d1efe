package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.testing.Http2Client;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.pgrokd.testing.WaitingTimers;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Time limits end with the connections that they were set for: one that waits for its time would
 * hold all of a connection for as long.
 */
@ExtendWith(Leaks.class)
class LeftBehindTest {

  private static final int VISITORS = 60;

  /** Far fewer than visitors; those of the agents' own connections that come and go. */
  private static final int OTHERS = 15;

  private TestServer server;
  private TestAgent classic;
  private TestAgent linked;
  private WaitingTimers before;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.open();
    classic = TestAgent.connect(server);
    classic.open("classic", HttpService.saying("hello"));
    linked = TestAgent.linked(server);
    linked.open("linked", HttpService.saying("hello"));
    visit("classic", false);
    visit("linked", true);
    visitHttp2();
    before = WaitingTimers.now();
  }

  @AfterEach
  void stop() throws Exception {
    classic.close();
    linked.close();
    server.close();
  }

  private void visit(String name, boolean serverCloses) throws Exception {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      visitor.get(name, serverCloses ? "Connection: close" : "Accept: */*");
      assertThat(visitor.receive().body()).isEqualTo("hello");
    }
  }

  private void visitHttp2() throws Exception {
    try (Http2Client visitor = Http2Client.connect(server.httpPort())) {
      assertThat(visitor.get("linked").body()).isEqualTo("hello");
    }
  }

  @Test
  void ofVisitorsOfHttp() throws Exception {
    for (int i = 0; i < VISITORS; i++) {
      visit("classic", i % 2 == 0);
      visit("linked", i % 2 == 0);
    }
    before.awaitBack(OTHERS);
  }

  @Test
  void ofVisitorsOfHttp2() throws Exception {
    for (int i = 0; i < VISITORS; i++) {
      visitHttp2();
    }
    before.awaitBack(OTHERS);
  }

  @Test
  void ofVisitorsOfHttps() throws Exception {
    for (int i = 0; i < VISITORS; i++) {
      try (Visitor visitor = Visitor.connectTls(server.httpsPort())) {
        visitor.get("linked", "Connection: close");
        assertThat(visitor.receive().status()).isEqualTo(404); // no tunnel of this protocol
      }
    }
    before.awaitBack(OTHERS);
  }

  @Test
  void ofVisitorsOfTcpThatHaveSaidAllBeforeTheyAreAnswered() throws Exception {
    String url =
        linked.open(
            TestAgent.tcp(0),
            (socket, start) -> socket.getInputStream().transferTo(socket.getOutputStream()));
    for (int i = 0; i < VISITORS; i++) {
      try (Visitor visitor = Visitor.connect(URI.create(url).getPort())) {
        visitor.send("hello").socket().shutdownOutput();
        assertThat(visitor.in().readAllBytes()).asString().isEqualTo("hello");
      }
    }
    before.awaitBack(OTHERS);
  }

  @Test
  void ofAgents() throws Exception {
    for (int i = 0; i < VISITORS; i++) {
      TestAgent.connect(server).close();
    }
    before.awaitBack(OTHERS);
  }
}
