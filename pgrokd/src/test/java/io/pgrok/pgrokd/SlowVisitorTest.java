package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.testing.AdminPort;
import io.pgrok.pgrokd.testing.Http2Client;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Visitors who keep a connection and give, or take, next to nothing. */
@ExtendWith(Leaks.class)
class SlowVisitorTest {

  private TestServer server;
  private TestAgent agent;

  private void start(Object... timings) throws Exception {
    server = TestServer.open(timings);
    agent = TestAgent.connect(server);
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    server.close();
  }

  private double tooSlow() throws Exception {
    return AdminPort.of(server).metric("pgrokd_rejections_total{reason=\"too_slow\"}");
  }

  @Test
  void whoSaysNothingIsClosedWithoutAWord() throws Exception {
    start("requestHead", 300);
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      assertThat(visitor.isClosed()).isTrue();
    }
  }

  @Test
  void aHeadHasToBeWholeInTimeHoweverItTrickles() throws Exception {
    start("requestHead", 500);
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      visitor.send("GET / HTTP/1.1\r\nHost: web.pgrok.test\r\nX-Slow: ");
      await()
          .until(() -> {
            visitor.send("x"); // each moves no limit
            return visitor.in().available() > 0;
          });
      assertThat(visitor.receiveHead()).startsWith("HTTP/1.1 408 ").contains("Connection: close");
    }
    assertThat(tooSlow()).isEqualTo(1);
  }

  @Test
  void aBodyThatStopsIsToldAndItsServicesConnectionEnds() throws Exception {
    start("requestBody", 300);
    CountDownLatch ended = new CountDownLatch(1);
    agent.open(
        "up",
        (socket, start) -> {
          try (socket) {
            socket.getInputStream().readAllBytes();
          } finally {
            ended.countDown();
          }
        });
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      visitor.send("POST / HTTP/1.1\r\nHost: up.pgrok.test\r\nContent-Length: 10\r\n\r\npart");
      Visitor.Response answer = visitor.receive();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(visitor.isClosed()).isTrue();
    }
    await().until(() -> ended.getCount() == 0);
    assertThat(tooSlow()).isEqualTo(1);
  }

  @Test
  void aConnectionThatRestsTooLongIsClosed() throws Exception {
    start("keepAlive", 300);
    agent.open("web", HttpService.saying("hello"));
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      assertThat(visitor.get("web").receive().status()).isEqualTo(200);
      assertThat(visitor.isClosed()).isTrue();
    }
  }

  @Test
  void aStreamOfHttp2ThatTakesNothingIsResetAndTheOthersGoOn() throws Exception {
    start("visitorStall", 500);
    CountDownLatch ended = new CountDownLatch(1);
    agent.open(
        "flood",
        (socket, start) -> {
          try (socket) {
            HttpService.readHead(socket.getInputStream());
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes());
            while (true) {
              socket.getOutputStream().write(new byte[16 * 1024]);
            }
          } finally {
            ended.countDown();
          }
        });
    agent.open("web", HttpService.saying("hello"));
    try (Http2Client visitor = Http2Client.connect(server.httpPort())) {
      Http2Client.Stream stuck =
          visitor.open(visitor.head("GET", "flood.pgrok.test", "/"), true).pause();
      await().until(() -> ended.getCount() == 0);
      assertThat(visitor.get("web").body()).isEqualTo("hello");
      stuck.resume();
      Http2Client.Event event = stuck.next();
      while (!(event instanceof Http2Client.Event.Reset)) {
        assertThat(event).isNotInstanceOf(Http2Client.Event.Gone.class);
        event = stuck.next();
      }
    }
  }
}
