package io.pgrok.pgrokd.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pgrok.pgrokd.config.ListenAddress;
import io.pgrok.pgrokd.config.StartupException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * What the server says of itself over HTTP: {@code /healthz} answers as long as the process works,
 * {@code /readyz} says whether visitors should be sent here, and {@link Document}s are read. One
 * virtual thread for each request; nothing can be changed here.
 */
public final class AdminServer implements AutoCloseable {

  private final HttpServer server;

  private AdminServer(HttpServer server) {
    this.server = server;
  }

  /**
   * @param ready whether visitors should be sent here
   * @throws StartupException when the address cannot be listened on
   */
  public static AdminServer start(
      ListenAddress address, BooleanSupplier ready, List<Document> documents)
      throws StartupException {
    HttpServer server;
    try {
      server = HttpServer.create(address.toSocketAddress(), 16);
    } catch (IOException e) {
      throw new StartupException("-adminAddr %s: %s".formatted(address, e.getMessage()));
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/healthz", exchange -> answer(exchange, 200, "ok\n"));
    server.createContext(
        "/readyz",
        exchange -> {
          boolean yes = ready.getAsBoolean();
          answer(exchange, yes ? 200 : 503, yes ? "ok\n" : "stopping\n");
        });
    for (Document document : documents) {
      server.createContext(document.path(), exchange -> answer(exchange, document));
    }
    String paths =
        "try /healthz, /readyz, %s\n"
            .formatted(documents.stream().map(Document::path).collect(Collectors.joining(", ")));
    server.createContext("/", exchange -> answer(exchange, 404, paths));
    server.start();
    return new AdminServer(server);
  }

  private static void answer(HttpExchange exchange, Document document) throws IOException {
    // A context stands for everything below its path as well.
    if (!exchange.getRequestURI().getPath().equals(document.path())) {
      answer(exchange, 404, "there is only " + document.path() + "\n");
    } else if (isRead(exchange)) {
      answer(exchange, 200, document.contentType(), document.content().get());
    } else {
      answer(exchange, 405, "nothing can be changed here\n");
    }
  }

  private static boolean isRead(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("GET") || exchange.getRequestMethod().equals("HEAD");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    answer(exchange, status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, String contentType, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", contentType);
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : body.length);
    if (!head) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
    exchange.close();
  }

  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
