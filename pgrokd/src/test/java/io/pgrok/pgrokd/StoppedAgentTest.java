package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.pgrok.pgrokd.testing.AdminPort;
import io.pgrok.pgrokd.testing.Descriptors;
import io.pgrok.pgrokd.testing.Http2Client;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An agent that takes visitors and then reads nothing any more, as a process that was stopped or a
 * host that hangs.
 */
@ExtendWith(Leaks.class)
class StoppedAgentTest {

  /** How many of the visitors send a body that nobody takes. */
  private static final int UPLOADS = 150;

  private static final int UPLOAD = 1 << 20;

  /** A part of what they send together: the rest has to wait in the visitors' sockets. */
  private static final long HELD = UPLOADS * (long) UPLOAD / 2;

  /** More than the sockets between here and a service hold. */
  private static final int FLOOD = 32 << 20;

  private static final String RECEIVED = "pgrokd_received_bytes_total{protocol=\"http\"}";

  private final CountDownLatch never = new CountDownLatch(1);
  private final List<Visitor> visitors = new ArrayList<>();
  private TestServer server;
  private TestAgent bystander;
  private Descriptors descriptors;

  private void start(Object... timings) throws Exception {
    server = TestServer.open(timings);
    bystander = TestAgent.connect(server);
    bystander.open("bystander", HttpService.saying("undisturbed"));
    bystanderIsServed();
    descriptors = Descriptors.now();
  }

  @AfterEach
  void theServerServesOnAndHoldsNothing() throws Exception {
    for (Visitor visitor : visitors) {
      visitor.close();
    }
    never.countDown();
    bystanderIsServed();
    descriptors.awaitBack();
    bystander.close();
    server.close();
  }

  private void bystanderIsServed() throws IOException {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      assertThat(visitor.get("bystander").receive().body()).isEqualTo("undisturbed");
    }
  }

  @Test
  void aThousandVisitorsWhoseLinkIsNotRead() throws Exception {
    start("heartbeatSilence", 6000);
    TestAgent stopped =
        TestAgent.connect(server, TestAgent.auth("", "", Extension.MUX, Extension.HEARTBEAT));
    stopped.open("stopped", TestAgent.SILENT);
    stopped.stopReadingLink();
    visitorsComeToIt(stopped, 1000);
  }

  /** Fewer: each has a TLS connection of its own in this process. */
  @Test
  void hundredsOfVisitorsWhoseProxyConnectionsAreNotRead() throws Exception {
    start("heartbeatSilence", 6000);
    TestAgent stopped = TestAgent.connect(server, TestAgent.auth("", "", Extension.HEARTBEAT));
    stopped.open("stopped", (socket, start) -> never.await());
    visitorsComeToIt(stopped, 300);
  }

  private void visitorsComeToIt(TestAgent stopped, int count) throws Exception {
    AtomicBoolean alive = new AtomicBoolean(true);
    Thread pinging = Thread.ofVirtual().start(() -> ping(stopped, alive));
    long before = direct();
    for (int i = 0; i < count; i++) {
      Visitor visitor = Visitor.connect(server.httpPort());
      visitors.add(visitor);
      if (i % (count / UPLOADS) == 0) {
        visitor.send(post("stopped", UPLOAD));
        Thread.ofVirtual().start(() -> upload(visitor));
      } else {
        visitor.get("stopped");
      }
      if (i % 20 == 0) {
        bystanderIsServed();
      }
    }
    assertThat(direct() - before).isLessThan(HELD);

    // Nothing is heard of it from now on: it is given up, and nobody waits for it.
    alive.set(false);
    pinging.join();
    for (Visitor visitor : visitors) {
      assertThat(visitor.receive().status()).isIn(502, 503, 504);
    }
    stopped.close();
  }

  private static void ping(TestAgent agent, AtomicBoolean alive) {
    try {
      while (alive.get()) {
        agent.control().send(new Message.Ping());
        Thread.sleep(200);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String post(String subdomain, int length) {
    return "POST / HTTP/1.1\r\nHost: %s.pgrok.test\r\nContent-Length: %d\r\n\r\n"
        .formatted(subdomain, length);
  }

  private static void upload(Visitor visitor) {
    try {
      visitor.send(new byte[UPLOAD]);
    } catch (IOException e) {
      // Refused in the middle.
    }
  }

  private static long direct() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  @Test
  void anUploadThatNobodyTakesIsGivenUp() throws Exception {
    start("requestBody", 2000);
    TestAgent stopped = TestAgent.connect(server);
    stopped.open("stopped", (socket, start) -> never.await());
    byte[] more = new byte[64 << 10];

    Visitor visitor = Visitor.connect(server.httpPort());
    visitors.add(visitor);
    visitor.send(post("stopped", Integer.MAX_VALUE));
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              visitor.send(more);
            }
          } catch (IOException e) {
            // Refused in the middle.
          }
        });
    assertThat(visitor.receive().status()).isEqualTo(504);

    try (Http2Client other = Http2Client.connect(server.httpPort())) {
      Http2Client.Stream upload = other.open(other.head("POST", "stopped.pgrok.test", "/"), false);
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                upload.send("x".repeat(more.length), false);
              }
            } catch (Exception e) {
              // Refused in the middle.
            }
          });
      assertThat(upload.next())
          .isInstanceOfSatisfying(
              Http2Client.Event.Head.class,
              head -> assertThat(head.headers().status()).hasToString("504"));
    }
    stopped.close();
  }

  /** What such a visitor has sent, and nobody has asked for, goes with the visitor. */
  @Test
  void anUploadThatNobodyTakesEndsWithItsVisitor() throws Exception {
    start();
    CountDownLatch ended = new CountDownLatch(2);
    TestAgent stopped = TestAgent.connect(server);
    stopped.open(
        "stopped",
        (socket, start) -> {
          never.await();
          try {
            socket.getInputStream().readAllBytes();
          } finally {
            ended.countDown();
          }
        });
    Http2Client vanishing = Http2Client.connect(server.httpPort());
    Http2Client resetting = Http2Client.connect(server.httpPort());
    flood(vanishing);
    Http2Client.Stream reset = flood(resetting);
    awaitStandstill();

    vanishing.close();
    reset.reset();
    never.countDown();

    await().until(() -> ended.getCount() == 0);
    resetting.close();
    stopped.close();
  }

  private static Http2Client.Stream flood(Http2Client visitor) throws Exception {
    Http2Client.Stream upload =
        visitor.open(visitor.head("POST", "stopped.pgrok.test", "/"), false);
    upload
        .channel()
        .writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[FLOOD]), false));
    return upload;
  }

  /** Until no more of the uploads is passed on: sockets on the way are full. */
  private void awaitStandstill() {
    AtomicLong before = new AtomicLong(-1);
    await()
        .pollInterval(Duration.ofMillis(300))
        .until(() -> {
          long now = (long) AdminPort.of(server).metric(RECEIVED);
          return now > 0 && before.getAndSet(now) == now;
        });
  }
}
