package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bodies far larger than any buffer, and readers that stop. */
@ExtendWith(Leaks.class)
class BulkTest {

  private static final int SIZE = 64 << 20;
  private static final byte[] BLOCK = new byte[64 << 10];

  static {
    new java.util.Random(3).nextBytes(BLOCK);
  }

  private TestServer server;
  private TestAgent agent;
  private Visitor visitor;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.open();
    agent = TestAgent.connect(server);
    visitor = Visitor.connect(server.httpPort());
  }

  @AfterEach
  void stop() throws Exception {
    visitor.close();
    agent.close();
    server.close();
  }

  private static long checksum(InputStream in, long length) throws IOException {
    CRC32 sum = new CRC32();
    byte[] buffer = new byte[64 << 10];
    long left = length;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        throw new IOException("cut off");
      }
      sum.update(buffer, 0, read);
      left -= read;
    }
    return sum.getValue();
  }

  private static long expected() {
    CRC32 sum = new CRC32();
    for (int i = 0; i < SIZE / BLOCK.length; i++) {
      sum.update(BLOCK);
    }
    return sum.getValue();
  }

  private static void writeAll(OutputStream out) throws IOException {
    for (int i = 0; i < SIZE / BLOCK.length; i++) {
      out.write(BLOCK);
    }
  }

  @Test
  void largeBodiesArriveWholeInBothDirections() throws Exception {
    agent.open(
        "up",
        new HttpService((head, body, out) -> {
          out.write(HttpService.response(Long.toString(checksum(body, SIZE))));
          return true;
        }));
    agent.open(
        "down",
        new HttpService((head, body, out) -> {
          out.write(
              ("HTTP/1.1 200 OK\r\nContent-Length: " + SIZE + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
          writeAll(out);
          return true;
        }));
    visitor.send("PUT / HTTP/1.1\r\nHost: up.pgrok.test\r\nContent-Length: " + SIZE + "\r\n\r\n");
    writeAll(visitor.socket().getOutputStream());
    assertThat(visitor.receive().body()).isEqualTo(Long.toString(expected()));
    visitor.get("down").receiveHead();
    assertThat(checksum(visitor.in(), SIZE)).isEqualTo(expected());
    assertThat(visitor.get("nobody").receive().status()).isEqualTo(404);
  }

  @Test
  void aVisitorThatStopsReadingStopsTheService() throws Exception {
    AtomicLong written = new AtomicLong();
    agent.open(
        "down",
        new HttpService((head, body, out) -> {
          out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          while (true) {
            out.write(BLOCK);
            written.addAndGet(BLOCK.length);
          }
        }));
    visitor.get("down").receiveHead();
    assertStops(written);
    assertThat(visitor.in().readNBytes(1 << 20)).hasSize(1 << 20);
  }

  @Test
  void aServiceThatStopsReadingStopsTheVisitor() throws Exception {
    AtomicLong written = new AtomicLong();
    agent.open(
        "up",
        (socket, start) -> {
          HttpService.readHead(socket.getInputStream());
          new CountDownLatch(1).await();
        });
    visitor.send("PUT / HTTP/1.1\r\nHost: up.pgrok.test\r\nContent-Length: 900000000\r\n\r\n");
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              visitor.send(BLOCK);
              written.addAndGet(BLOCK.length);
            }
          } catch (IOException e) {
            // The test is over.
          }
        });
    assertStops(written);
  }

  /** What is under way fits the kernel's buffers; in ours there is next to nothing. */
  private static void assertStops(AtomicLong written) {
    AtomicLong before = new AtomicLong(-1);
    await()
        .pollInterval(Duration.ofMillis(500))
        .atMost(Duration.ofSeconds(30))
        .until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
    long direct =
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
    assertThat(direct).isLessThan(32 << 20);
  }

  @Test
  void aVisitorThatTakesNothingIsCutOffInTheEnd() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (TestServer strict = TestServer.open("visitorStall", 1000, "drain", 100)) {
      TestAgent other = TestAgent.connect(strict);
      other.open(
          "down",
          new HttpService((head, body, out) -> {
            try {
              out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              while (true) {
                out.write(BLOCK);
              }
            } finally {
              ended.countDown();
            }
          }));
      try (Visitor stuck = Visitor.connect(strict.httpPort())) {
        stuck.get("down");
        await().atMost(Duration.ofSeconds(30)).until(() -> ended.getCount() == 0);
      }
      other.close();
    }
  }

  @Test
  void otherVisitorsAreServedWhileOneDoesNotRead() throws Exception {
    agent.open(
        "down",
        new HttpService((head, body, out) -> {
          out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          while (true) {
            out.write(BLOCK);
          }
        }));
    agent.open("small", HttpService.saying("x"));
    visitor.get("down").receiveHead();
    for (int i = 0; i < 20; i++) {
      try (Visitor other = Visitor.connect(server.httpPort())) {
        assertThat(other.get("small").receive().body()).isEqualTo("x");
      }
    }
  }
}
