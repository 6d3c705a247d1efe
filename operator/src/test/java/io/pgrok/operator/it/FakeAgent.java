package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.pgrok.protocol.agent.AgentConfig;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.agent.AgentStatus.Tunnel;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves an agent's status stream and says what the test wants it to say. */
final class FakeAgent implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<OutputStream> readers = new ArrayList<>();
  private AgentStatus status = new AgentStatus("test", List.of());

  FakeAgent(String address, int port) throws IOException {
    http = HttpServer.create(new InetSocketAddress(address, port), 0);
    http.setExecutor(threads);
    http.createContext(
        "/api/status/stream",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          synchronized (this) {
            send(exchange.getResponseBody());
            readers.add(exchange.getResponseBody());
          }
          awaitClose();
          exchange.close();
        });
    http.start();
  }

  /** The session that the configuration asks for, with every tunnel online. */
  static Session online(String server, AgentConfig config, String domain) {
    return new Session(
        server,
        config.serverAddr(),
        SessionState.ONLINE,
        null,
        config.tunnels().entrySet().stream()
            .map(t ->
                new Tunnel(
                    t.getKey(),
                    t.getValue().revision(),
                    TunnelState.ONLINE,
                    urls(t.getValue(), domain),
                    null))
            .toList());
  }

  /** As a server would have them; a port that nobody asks for is 31000. */
  private static List<String> urls(AgentConfig.TunnelConfig tunnel, String domain) {
    if (tunnel.proto().containsKey("tcp")) {
      int port = tunnel.remotePort() == null ? 31_000 : tunnel.remotePort();
      return List.of("tcp://%s:%d".formatted(domain, port));
    }
    String host = tunnel.hostname() == null ? tunnel.subdomain() + "." + domain : tunnel.hostname();
    return List.of("http://" + host, "https://" + host);
  }

  /** The session that the configuration asks for, with every tunnel refused. */
  static Session refused(String server, AgentConfig config, String error) {
    return new Session(
        server,
        config.serverAddr(),
        SessionState.ONLINE,
        null,
        config.tunnels().entrySet().stream()
            .map(t ->
                new Tunnel(
                    t.getKey(), t.getValue().revision(), TunnelState.REFUSED, List.of(), error))
            .toList());
  }

  static Session down(String server, SessionState state, String error) {
    return new Session(server, "pgrokd:4443", state, error, List.of());
  }

  synchronized void report(Session... sessions) {
    status = new AgentStatus("test", List.of(sessions));
    readers.removeIf(reader -> {
      try {
        send(reader);
        return false;
      } catch (IOException e) {
        return true;
      }
    });
  }

  private void send(OutputStream out) throws IOException {
    out.write(("data: " + JSON.writeValueAsString(status) + "\n\n").getBytes(UTF_8));
    out.flush();
  }

  private void awaitClose() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    http.stop(0);
    threads.shutdownNow();
  }
}
