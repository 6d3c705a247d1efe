package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.limit.BufferMemory;
import io.pgrok.pgrokd.testing.AdminPort;
import io.pgrok.pgrokd.testing.Http2Client;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of visitors when there is little memory left for network buffers. */
@ExtendWith(Leaks.class)
class MemoryTest {

  private final AtomicLong used = new AtomicLong();
  private final AtomicInteger ended = new AtomicInteger();
  private final CountDownLatch never = new CountDownLatch(1);
  private TestServer server;
  private TestAgent agent;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start(UnaryOperator.identity(), new BufferMemory(used::get, 100));
    agent = TestAgent.connect(server);
  }

  @AfterEach
  void stop() throws Exception {
    never.countDown();
    agent.close();
    server.close();
  }

  private void endless(Socket socket) throws IOException {
    try {
      OutputStream out = socket.getOutputStream();
      while (true) {
        out.write(new byte[16 * 1024]);
      }
    } finally {
      ended.incrementAndGet();
    }
  }

  /** Until all has been taken that will be. */
  private void awaitStandstill() throws Exception {
    AtomicLong before = new AtomicLong(-1);
    await()
        .pollInterval(java.time.Duration.ofMillis(300))
        .until(() -> {
          long now = 0;
          for (String protocol : new String[] {"http", "tcp"}) {
            String sent = "pgrokd_sent_bytes_total{protocol=\"" + protocol + "\"}";
            now += (long) AdminPort.of(server).metric(sent);
          }
          return now > 0 && before.getAndSet(now) == now;
        });
  }

  @Test
  void whoTakesNothingHasToGoAndNobodyElseComes() throws Exception {
    agent.open(
        "flood",
        (socket, start) -> {
          HttpService.readHead(socket.getInputStream());
          socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes());
          endless(socket);
        });
    String tcp = agent.open(TestAgent.tcp(0), (socket, start) -> endless(socket));
    agent.open("web", HttpService.saying("hello"));
    try (Visitor idle = Visitor.connect(server.httpPort());
        Visitor stuck = Visitor.connect(server.httpPort());
        Visitor raw = Visitor.connect(URI.create(tcp).getPort());
        Http2Client other = Http2Client.connect(server.httpPort())) {
      stuck.get("flood").receiveHead();
      assertThat(raw.in().read()).isZero();
      Http2Client.Stream stream =
          other.open(other.head("GET", "flood.pgrok.test", "/"), true).pause();
      awaitStandstill();
      assertThat(ended).hasValue(0);

      used.set(80);

      await().until(() -> ended.get() == 3);
      assertThatThrownBy(() -> stuck.in().readAllBytes()).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> raw.in().readAllBytes()).isInstanceOf(IOException.class);
      stream.resume();
      Http2Client.Event event = stream.next();
      while (!(event instanceof Http2Client.Event.Reset)) {
        assertThat(event).isNotInstanceOf(Http2Client.Event.Gone.class);
        event = stream.next();
      }
      assertThat(other.get("web").body()).as("a visitor who was there").isEqualTo("hello");
      assertThat(idle.get("web").receive().body()).as("another").isEqualTo("hello");
      try (Visitor next = Visitor.connect(server.httpPort())) {
        assertThat(next.isClosed()).isTrue();
      }
      assertThat(AdminPort.of(server).metric("pgrokd_rejections_total{reason=\"memory\"}"))
          .isEqualTo(1);

      used.set(10);
      try (Visitor next = Visitor.connect(server.httpPort())) {
        assertThat(next.get("web").receive().body()).isEqualTo("hello");
      }
    }
  }

  @Test
  void anUploadThatNobodyTakesHasToGo() throws Exception {
    agent.open("stopped", (socket, start) -> never.await());
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      visitor.send(
          "POST / HTTP/1.1\r\nHost: stopped.pgrok.test\r\nContent-Length: 1000000000\r\n\r\n");
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                visitor.send(new byte[64 * 1024]);
              }
            } catch (IOException e) {
              // Refused in the middle.
            }
          });
      await().until(() -> agent.started() == 1);
      used.set(80);
      assertThat(visitor.receive().status()).isEqualTo(504);
    }
  }
}
