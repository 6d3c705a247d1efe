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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The private services of thousands of Tunnels: each has an address of its own, and answers with
 * it, so that a visitor who was led astray is noticed. Files of hosts, which the JDK reads from the
 * top for each name, stand in for DNS.
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

  /** The address, and so the answer, of a Service. */
  static String address(int number) {
    return "127.1.%d.%d".formatted(number / 250 + 1, number % 250 + 1);
  }

  /** The agent's option by which it finds Services. */
  static String services(Path folder, int count) throws IOException {
    return hosts(
        folder.resolve("services"),
        count,
        number -> "%s web-%d.default.svc\n".formatted(address(number), number));
  }

  /** The operator's option by which it finds public names, to probe them. */
  static String publicNames(Path folder, int count, String domain) throws IOException {
    return hosts(
        folder.resolve("public"),
        count,
        number -> "127.0.0.1 web-%d.%s\n".formatted(number, domain));
  }

  private static String hosts(Path file, int count, IntFunction<String> line) throws IOException {
    Files.writeString(
        file,
        IntStream.range(0, count)
            .mapToObj(line)
            .collect(Collectors.joining("", "127.0.0.1 localhost\n", "")));
    return "-Djdk.net.hosts.file=" + file;
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
      return answer.statusCode() == 200 && answer.body().equals(address(number));
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
