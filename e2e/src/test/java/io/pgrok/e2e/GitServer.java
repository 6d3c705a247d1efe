package io.pgrok.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/** Serves the repositories of a folder to whoever clones them, by git's own CGI program. */
final class GitServer implements AutoCloseable {

  private static final int OK = 200;

  private final HttpServer server;
  private final Path folder;

  private GitServer(HttpServer server, Path folder) {
    this.server = server;
    this.folder = folder;
  }

  /**
   * @param folder of bare repositories
   */
  static GitServer start(InetAddress address, Path folder) throws IOException {
    var git = new GitServer(HttpServer.create(new InetSocketAddress(address, 0), 0), folder);
    git.server.createContext("/", git::answer);
    git.server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    git.server.start();
    return git;
  }

  String url(String repository) {
    var address = server.getAddress();
    return "http://%s:%d/%s"
        .formatted(address.getAddress().getHostAddress(), address.getPort(), repository);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var builder = new ProcessBuilder("git", "http-backend");
      builder.environment().putAll(environment(exchange));
      var process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (var toGit = process.getOutputStream()) {
        exchange.getRequestBody().transferTo(toGit);
      }
      var answer = process.getInputStream();
      int status = OK;
      for (var header = line(answer); !header.isEmpty(); header = line(answer)) {
        var parts = header.split(": ", 2);
        if (parts[0].equals("Status")) {
          status = Integer.parseInt(parts[1].split(" ")[0]);
        } else {
          exchange.getResponseHeaders().set(parts[0], parts[1]);
        }
      }
      exchange.sendResponseHeaders(status, 0);
      answer.transferTo(exchange.getResponseBody());
    }
  }

  private Map<String, String> environment(HttpExchange exchange) {
    var uri = exchange.getRequestURI();
    return Map.of(
        "GIT_PROJECT_ROOT", folder.toString(),
        "GIT_HTTP_EXPORT_ALL", "1",
        "PATH_INFO", uri.getPath(),
        "QUERY_STRING", Optional.ofNullable(uri.getQuery()).orElse(""),
        "REQUEST_METHOD", exchange.getRequestMethod(),
        "CONTENT_TYPE", header(exchange, "Content-Type"),
        "HTTP_CONTENT_ENCODING", header(exchange, "Content-Encoding"),
        "GIT_PROTOCOL", header(exchange, "Git-Protocol"));
  }

  private static String header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
  }

  private static String line(InputStream from) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int next = from.read(); next >= 0 && next != '\n'; next = from.read()) {
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }
}
