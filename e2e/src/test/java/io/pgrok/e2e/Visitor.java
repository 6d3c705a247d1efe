package io.pgrok.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * A visitor of one tunnel, on a client of its own; a connection is used again where the server
 * allows.
 */
final class Visitor {

  static final Duration PATIENCE = Duration.ofSeconds(2);

  private final InetSocketAddress server;
  private final String host;
  private final Duration patience;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  /**
   * @param patience for one answer
   */
  Visitor(InetSocketAddress server, String host, Duration patience) {
    this.server = server;
    this.host = host;
    this.patience = patience;
  }

  /**
   * @param headers names and values in turn
   */
  HttpResponse<String> get(String path, String... headers) throws IOException {
    var uri =
        URI.create("http://%s:%d%s".formatted(server.getHostString(), server.getPort(), path));
    var request = HttpRequest.newBuilder(uri).header("Host", host).timeout(patience);
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** The status of a request for the page; empty when no answer came. */
  OptionalInt status() {
    try {
      return OptionalInt.of(get("/").statusCode());
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }

  /** What the page says; nothing when no answer came. */
  String page() {
    try {
      return get("/").body();
    } catch (IOException e) {
      return "";
    }
  }

  boolean isServed() {
    return status().equals(OptionalInt.of(200));
  }
}
