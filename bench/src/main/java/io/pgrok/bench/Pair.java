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
    @Nullable Program server,
    @Nullable Program client,
    String url,
    @Nullable String httpsUrl,
    String host,
    String tcpUrl) {

  private static final Usage NOTHING = new Usage(0, 0, 0);

  /** One that knows nothing of HTTP and passes whole connections on. */
  static Pair tcpOnly(Program server, Program client, int visitors) {
    return plain(server, client, visitors, visitors);
  }

  /** One without public HTTPS. */
  static Pair plain(Program server, Program client, int http, int tcp) {
    return new Pair(
        server, client, "http://127.0.0.1:" + http, null, Setup.HOST, "http://127.0.0.1:" + tcp);
  }

  Usage serverUsage() throws IOException {
    return server == null ? NOTHING : Usage.of(server.process());
  }

  Usage clientUsage() throws IOException {
    return client == null ? NOTHING : Usage.of(client.process());
  }

  void stop() {
    Stream.of(server, client).filter(Objects::nonNull).forEach(Program::stop);
  }
}
