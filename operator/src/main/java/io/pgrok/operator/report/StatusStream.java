package io.pgrok.operator.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgrok.protocol.agent.AgentStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One connection to an agent's status stream. Blocks its thread; made for virtual ones. */
final class StatusStream {

  /** A thousand tunnels take some 200 KB. */
  private static final int LONGEST_EVENT = 8 << 20;

  /** The agent sends at least a comment every 15 s. */
  private static final Duration SILENCE = Duration.ofSeconds(40);

  private static final Duration CONNECT = Duration.ofSeconds(3);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final ScheduledExecutorService WATCHDOG =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("status-watchdog").factory());

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  /**
   * Reads the stream until it ends.
   *
   * @throws IOException saying why it ended; this is the only way to return but interruption
   */
  void follow(URI uri, Consumer<AgentStatus> onStatus) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri).header("Accept", "text/event-stream").timeout(SILENCE).build();
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (var in = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("it answered HTTP " + response.statusCode());
      }
      read(in, onStatus);
    }
    throw new IOException("it closed the stream");
  }

  private static void read(InputStream in, Consumer<AgentStatus> onStatus) throws IOException {
    var heard = new long[] {System.nanoTime()};
    var watch =
        WATCHDOG.scheduleWithFixedDelay(
            () -> {
              if (System.nanoTime() - heard[0] > SILENCE.toNanos()) {
                closeQuietly(in);
              }
            },
            5,
            5,
            TimeUnit.SECONDS);
    try {
      new ServerSentEvents(
              LONGEST_EVENT,
              () -> heard[0] = System.nanoTime(),
              data -> onStatus.accept(parse(data)))
          .read(in);
    } catch (UncheckedIOException e) {
      throw new IOException("its status cannot be read: " + e.getMessage(), e);
    } finally {
      watch.cancel(false);
    }
  }

  private static AgentStatus parse(byte[] json) {
    try {
      return JSON.readValue(json, AgentStatus.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void closeQuietly(InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      // It is being given up.
    }
  }
}
