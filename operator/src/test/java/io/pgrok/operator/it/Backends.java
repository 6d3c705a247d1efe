package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Executors;

/**
 * The private services of thousands of Tunnels: each has an address of its own, and answers with
 * it, so that a visitor who was led astray is noticed.
 */
final class Backends implements AutoCloseable {

  private final HttpServer http;
  private final HttpClient visitors =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  Backends() throws IOException {
    http = HttpServer.create(new InetSocketAddress("0.0.0.0", 0), 1024);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext(
        "/",
        exchange -> {
          byte[] token = exchange.getLocalAddress().getAddress().getHostAddress().getBytes(UTF_8);
          exchange.sendResponseHeaders(200, token.length);
          exchange.getResponseBody().write(token);
          exchange.close();
        });
    http.start();
  }

  int port() {
    return http.getAddress().getPort();
  }

  /** Whether a visitor of the public name gets the answer of this Service and no other. */
  boolean isServed(int publicPort, String host, int number) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + publicPort + "/"))
            .header("Host", host)
            .timeout(Duration.ofSeconds(30))
            .build();
    try {
      var answer = visitors.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 && answer.body().equals(ScaleNames.address(number));
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }

  @Override
  public void close() {
    http.stop(0);
    visitors.shutdownNow();
  }
}
