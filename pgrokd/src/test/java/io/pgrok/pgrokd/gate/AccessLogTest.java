package io.pgrok.pgrokd.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.traffic.VisitRequest;
import io.pgrok.pgrokd.tunnel.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {

  private static final VisitRequest REQUEST =
      new VisitRequest(
          Protocol.HTTPS, "192.0.2.1", null, "HTTP/1.1", "GET", "a\"b", "/x\ny?token=secret");

  @TempDir Path dir;

  private static AccessLog.Line line() {
    return new AccessLog.Line(REQUEST, 404, true, 1, 2, 3_456_789);
  }

  @Test
  void aLineIsOneLineOfJsonWithoutTheQuery() throws Exception {
    assertThat(AccessLog.json(line(), Instant.parse("2026-11-24T12:00:00.123456Z")))
        .isEqualTo(
            """
            {"time":"2026-11-24T12:00:00.123Z","visitor":"192.0.2.1","protocol":"https",\
            "version":"HTTP/1.1","method":"GET","host":"a\\"b","path":"/x\\ny","status":404,\
            "whole":true,"received":1,"sent":2,"seconds":0.003457}
            """);
  }

  @Test
  void aFileThatWasMovedAwayIsMadeAnew() throws Exception {
    Path path = dir.resolve("access.log");
    LogFile file = new LogFile(path);
    file.append("one\n");
    Files.move(path, dir.resolve("access.log.1"));
    file.reopenWhenMoved();
    file.append("two\n");
    file.close();
    assertThat(dir.resolve("access.log.1")).hasContent("one");
    assertThat(path).hasContent("two");
  }

  @Test
  void aTargetThatIsStuckCostsLinesAndNoTime() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AccessLog log =
        new AccessLog(
            new Target() {
              @Override
              public void append(String line) throws IOException {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
              }
            });
    for (int i = 0; i < AccessLog.CAPACITY + 10; i++) {
      log.write(line());
    }
    assertThat(log.dropped()).isBetween(1L, 10L);
    go.countDown();
    log.close();
  }

  @Test
  void aTargetThatFailsIsCountedAndTriedAgain() throws Exception {
    CountDownLatch third = new CountDownLatch(3);
    AccessLog log =
        new AccessLog(
            new Target() {
              @Override
              public void append(String line) throws IOException {
                third.countDown();
                throw new IOException("no space left");
              }
            });
    for (int i = 0; i < 3; i++) {
      log.write(line());
    }
    third.await();
    await().until(() -> log.dropped() == 3);
    log.close();
  }

  private abstract static class Target implements AccessLog.Target {
    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
