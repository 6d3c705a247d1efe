package io.pgrok.bench;

import java.io.IOException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A peer that runs.
 *
 * @param server public side; null for none
 * @param client private side; null for none
 * @param url where the files are, without a path
 * @param httpsUrl the same under TLS; null when visitors cannot have that
 * @param host the Host to ask for
 * @param tcpUrl the same as raw bytes, by a port
 */
record Pair(
    @Nullable Process server,
    @Nullable Process client,
    String url,
    @Nullable String httpsUrl,
    String host,
    String tcpUrl) {

  private static final Usage NOTHING = new Usage(0, 0, 0);

  /** One that knows nothing of HTTP and passes whole connections on. */
  static Pair tcpOnly(Process server, Process client, int visitors) {
    String url = "http://127.0.0.1:" + visitors;
    return new Pair(server, client, url, null, Setup.HOST, url);
  }

  Usage serverUsage() throws IOException {
    return server == null ? NOTHING : Usage.of(server);
  }

  Usage clientUsage() throws IOException {
    return client == null ? NOTHING : Usage.of(client);
  }

  void stop() {
    Stream.of(server, client)
        .filter(Objects::nonNull)
        .forEach(process -> {
          process.descendants().forEach(ProcessHandle::destroy);
          process.destroy();
        });
  }
}
