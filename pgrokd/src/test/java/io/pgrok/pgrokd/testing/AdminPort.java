package io.pgrok.pgrokd.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** What a test server says of itself. */
public record AdminPort(int port) {

  public static AdminPort of(TestServer server) {
    return new AdminPort(server.server().adminPort());
  }

  public HttpResponse<String> get(String path) throws Exception {
    return send("GET", path);
  }

  public HttpResponse<String> send(String method, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  /**
   * @param series name and labels, as in the text format
   * @return its value
   */
  public double metric(String series) throws Exception {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no series " + series));
  }
}
