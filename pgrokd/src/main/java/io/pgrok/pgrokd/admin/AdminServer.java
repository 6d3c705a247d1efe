package io.pgrok.pgrokd.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pgrok.pgrokd.config.ListenAddress;
import io.pgrok.pgrokd.config.StartupException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * Health over HTTP: {@code /healthz} answers as long as the process works, {@code /readyz} says
 * whether visitors should be sent here. One virtual thread for each request.
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
  public static AdminServer start(ListenAddress address, BooleanSupplier ready)
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
    server.createContext("/", exchange -> answer(exchange, 404, "try /healthz or /readyz\n"));
    server.start();
    return new AdminServer(server);
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
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
