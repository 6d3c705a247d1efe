package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.pgrokd.testing.Wire;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.RegLink;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What only a link can do, or get wrong. What links and proxy connections have in common is tested
 * with both, by running the other tests with {@code pgrok.test.links} too.
 */
@ExtendWith(Leaks.class)
class LinkTest {

  private static final byte[] PART = new byte[1 << 16];

  private TestServer server;
  private TestAgent agent;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.open();
    agent = TestAgent.linked(server);
  }

  @AfterEach
  void stop() throws IOException {
    agent.close();
    server.close();
  }

  @Test
  void visitorsComeOverTheLinkWithoutAProxyConnection() throws Exception {
    agent.open("web", HttpService.saying("hello"));

    try (Visitor visitor = Visitor.connect(server.httpPort()).get("web")) {
      assertThat(visitor.receive().body()).isEqualTo("hello");
    }
    assertThat(agent.askedForProxies()).isZero();
  }

  @Test
  void aLaterVisitorOfAnHttpTunnelGetsTheStreamThatAnotherOneLeft() throws Exception {
    agent.open("web", HttpService.saying("hello"));
    List<String> addresses = new ArrayList<>();
    // Not each time: the next one may come before the stream is at rest.
    await()
        .untilAsserted(() -> {
          try (Visitor visitor =
              Visitor.connect(server.httpPort()).get("web", "Connection: close")) {
            addresses.add("127.0.0.1:" + visitor.socket().getLocalPort());
            assertThat(visitor.receive().body()).isEqualTo("hello");
          }
          assertThat(agent.reusedFor()).isNotEmpty();
        });
    assertThat(agent.reusedFor()).containsExactly(addresses.getLast());
    assertThat(agent.started()).isEqualTo(addresses.size() - 1);
  }

  @Test
  void aStreamThatTheServiceClosedAtRestIsNotTaken() throws Exception {
    agent.open(
        "once",
        new HttpService((head, body, out) -> {
          out.write(HttpService.response("hello"));
          return false;
        }));
    for (int i = 0; i < 5; i++) {
      try (Visitor visitor = Visitor.connect(server.httpPort()).get("once", "Connection: close")) {
        assertThat(visitor.receive().body()).isEqualTo("hello");
      }
    }
  }

  @Test
  void aStreamOfAnotherTunnelIsNotTaken() throws Exception {
    agent.open("one", HttpService.saying("one"));
    agent.open("two", HttpService.saying("two"));
    for (String name : List.of("one", "two", "one", "two")) {
      try (Visitor visitor = Visitor.connect(server.httpPort()).get(name, "Connection: close")) {
        assertThat(visitor.receive().body()).isEqualTo(name);
        assertThat(visitor.isClosed()).isTrue();
      }
    }
    assertThat(agent.started()).isBetween(2, 4);
  }

  @Test
  void whatTheServiceSaysAtRestReachesNobody() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    agent.open(
        "chatty",
        new HttpService((head, body, out) -> {
          out.write(HttpService.response("hello"));
          answered.await();
          out.write(HttpService.response("poison"));
          return true;
        }));
    try (Visitor first = Visitor.connect(server.httpPort()).get("chatty", "Connection: close")) {
      assertThat(first.receive().body()).isEqualTo("hello");
      assertThat(first.isClosed()).isTrue();
    }
    answered.countDown();
    await().until(() -> agent.goneStreams() == 1);
    try (Visitor second = Visitor.connect(server.httpPort()).get("chatty")) {
      assertThat(second.receive().body()).isEqualTo("hello");
    }
    assertThat(agent.started()).isEqualTo(2);
  }

  @Test
  void aTcpVisitorWhoHasSaidAllIsStillAnswered() throws Exception {
    String url =
        agent.open(
            TestAgent.tcp(0),
            (socket, start) -> {
              byte[] question = socket.getInputStream().readAllBytes();
              socket.getOutputStream().write("re: ".getBytes(StandardCharsets.US_ASCII));
              socket.getOutputStream().write(question);
            });
    int port = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));

    try (Socket visitor = new Socket("127.0.0.1", port)) {
      visitor.setSoTimeout(20_000);
      visitor.getOutputStream().write("all of it".getBytes(StandardCharsets.US_ASCII));
      visitor.shutdownOutput();
      assertThat(visitor.getInputStream().readAllBytes()).asString().isEqualTo("re: all of it");
    }
  }

  /**
   * So long that it needs several writes, and to visitors who mostly are done before they are read.
   */
  @Test
  void aTcpVisitorWhoSaysAllAtOnceIsAnsweredAtLength() throws Exception {
    byte[] answer = new byte[8 << 20];
    new Random(3).nextBytes(answer);
    String url =
        agent.open(
            TestAgent.tcp(0),
            (socket, start) -> {
              socket.getInputStream().readAllBytes();
              socket.getOutputStream().write(answer);
            });
    int port = Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));

    for (int i = 0; i < 20; i++) {
      try (Socket visitor = new Socket("127.0.0.1", port)) {
        visitor.setSoTimeout(20_000);
        visitor.getOutputStream().write("all of it".getBytes(StandardCharsets.US_ASCII));
        visitor.shutdownOutput();
        assertThat(visitor.getInputStream().readAllBytes()).isEqualTo(answer);
      }
    }
  }

  @Test
  void aVisitorWhoTakesNothingStopsNobodyElse() throws Exception {
    agent.open(
        "endless",
        (socket, start) -> {
          socket
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          while (true) {
            socket.getOutputStream().write(PART);
          }
        });
    agent.open("web", HttpService.saying("hello"));
    try (Visitor stuck = Visitor.connect(server.httpPort()).get("endless")) {
      assertThat(stuck.receiveHead()).startsWith("HTTP/1.1 200");
      for (int i = 0; i < 20; i++) {
        try (Visitor visitor = Visitor.connect(server.httpPort()).get("web")) {
          assertThat(visitor.receive().body()).isEqualTo("hello");
        }
      }
    }
  }

  @Test
  void aResponseCutOffByALostLinkDoesNotLookComplete() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    agent.open(
        "web",
        (socket, start) -> {
          socket
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\n\r\nhalf".getBytes(StandardCharsets.US_ASCII));
          never.await();
        });
    try (Visitor visitor = Visitor.connect(server.httpPort()).get("web")) {
      assertThat(visitor.receiveHead()).startsWith("HTTP/1.1 200");

      agent.kill();

      assertThatThrownBy(() -> visitor.in().readAllBytes()).isInstanceOf(IOException.class);
    }
    never.countDown();
  }

  @Test
  void whileNoLinkIsUpProxyConnectionsAreAskedFor() throws Exception {
    agent.open("web", HttpService.saying("hello"));
    agent.killLink();

    await()
        .untilAsserted(() -> {
          try (Visitor visitor = Visitor.connect(server.httpPort()).get("web")) {
            assertThat(visitor.receive().body()).isEqualTo("hello");
          }
          assertThat(agent.askedForProxies()).isPositive();
        });
  }

  @Test
  void aLinkNeedsItsSessionsKeyAndExtension() throws Exception {
    TestAgent classic = TestAgent.lazy(server, TestAgent.auth("", ""));
    TestAgent keyed =
        TestAgent.lazy(server, TestAgent.auth("", "", Extension.PROXY_KEY, Extension.MUX));

    assertThat(isRefused(new RegLink(classic.welcome().clientId(), ""))).isTrue();
    assertThat(isRefused(new RegLink(keyed.welcome().clientId(), "guessed"))).isTrue();
    assertThat(isRefused(new RegLink("nobody", ""))).isTrue();
    classic.close();
    keyed.close();
  }

  private boolean isRefused(RegLink pass) throws Exception {
    try (Wire wire = Wire.connect(server.tunnelPort())) {
      wire.send(pass);
      return wire.isClosedByServer();
    }
  }

  @Test
  void bytesThatAreNoFramesEndTheLinkAndNotTheSession() throws Exception {
    try (Wire wire = Wire.connect(server.tunnelPort())) {
      wire.send(new RegLink(agent.welcome().clientId(), agent.welcome().proxyKey()));
      wire.sendBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(wire.isClosedByServer()).isTrue();
    }
    agent.settle();
  }
}
