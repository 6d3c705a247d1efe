package io.pgrok.pgrokd.gate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.pgrok.pgrokd.traffic.VisitRequest;
import io.pgrok.pgrokd.tunnel.Tunnel;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line of JSON for each request and each raw connection, when it is over. A thread of its own
 * writes: a disk that is slow, or full, costs lines and never a visitor's time. The query is left
 * out, and so are all fields of the request: both carry passwords and tokens.
 */
public final class AccessLog implements AutoCloseable {

  /** Lines that may wait for the disk. */
  static final int CAPACITY = 8192;

  /** What happened. */
  record Line(
      VisitRequest request, int status, boolean whole, long received, long sent, long nanos) {}

  /** Where lines go. */
  interface Target {
    /**
     * @param line ends with a line break
     */
    void append(String line) throws IOException;

    /** No more lines for the moment. */
    void flush() throws IOException;

    /** No more lines at all. */
    void close() throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
  private static final JsonFactory JSON = new JsonFactory();
  private static final double NANO = 1e-9;

  private final BlockingQueue<Line> waiting = new ArrayBlockingQueue<>(CAPACITY);
  private final LongAdder dropped = new LongAdder();
  private final Target target;
  private final Thread writer;
  private volatile boolean closed;
  private boolean failing;

  /** Starts the writer. */
  AccessLog(Target target) {
    this.target = target;
    this.writer = Thread.ofPlatform().daemon().name("access-log").start(this::write);
  }

  /**
   * @param target {@code stdout} or a file to append to
   * @throws IOException when the file cannot be written to
   */
  public static AccessLog to(String target) throws IOException {
    return new AccessLog(LogFile.of(target));
  }

  /** Never blocks. */
  void write(Line line) {
    if (!waiting.offer(line)) {
      dropped.increment();
    }
  }

  /** Lines that were lost because the target was too slow, or could not be written to. */
  public long dropped() {
    return dropped.sum();
  }

  private void write() {
    try {
      while (!closed || !waiting.isEmpty()) {
        Line line = waiting.poll(1, TimeUnit.SECONDS);
        if (line != null) {
          append(line);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void append(Line line) {
    try {
      target.append(json(line, Instant.now()));
      if (waiting.isEmpty()) {
        target.flush();
      }
      failing = false;
    } catch (IOException e) {
      dropped.increment();
      if (!failing) {
        failing = true;
        LOG.error("the access log cannot be written error={}", e.toString());
      }
    }
  }

  /** One line, its line break included. */
  static String json(Line line, Instant now) throws IOException {
    VisitRequest request = line.request();
    StringWriter text = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("time", now.truncatedTo(ChronoUnit.MILLIS).toString());
      json.writeStringField("visitor", request.visitor());
      json.writeStringField("protocol", request.protocol().wireName());
      if (!request.method().isEmpty()) {
        json.writeStringField("version", request.version());
        json.writeStringField("method", request.method());
        json.writeStringField("host", request.authority());
        json.writeStringField("path", withoutQuery(request.target()));
        json.writeNumberField("status", line.status());
      }
      json.writeBooleanField("whole", line.whole());
      json.writeNumberField("received", line.received());
      json.writeNumberField("sent", line.sent());
      json.writeNumberField("seconds", Math.round(line.nanos() * NANO * 1e6) / 1e6);
      Tunnel tunnel = request.tunnel();
      if (tunnel != null) {
        json.writeStringField("tunnel", tunnel.url());
        json.writeStringField("identity", tunnel.identity().name());
      }
      json.writeEndObject();
    }
    return text + "\n";
  }

  private static String withoutQuery(String target) {
    int end = target.indexOf('?');
    return end < 0 ? target : target.substring(0, end);
  }

  /** Writes what waits, as far as that is possible soon. */
  @Override
  public void close() {
    closed = true;
    try {
      writer.join(TimeUnit.SECONDS.toMillis(2));
      target.close();
    } catch (IOException e) {
      LOG.error("the access log cannot be written error={}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
