package io.pgrok.agent.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgrok.agent.net.Network;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatusServerTest {

  private final Network network = Network.open();
  private final StatusBoard board = new StatusBoard("1.2.3");
  private final HttpClient http = HttpClient.newHttpClient();
  private StatusServer server;

  @BeforeEach
  void listen() throws Exception {
    server = StatusServer.start(board, network, "127.0.0.1:" + freePort());
  }

  @AfterEach
  void stop() {
    server.close();
    http.shutdownNow();
    network.close();
  }

  @Test
  void answersTheStatusAsJson() throws Exception {
    board.publish(session("one", "7"));

    HttpResponse<String> answer = get("/api/status");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .contains("application/json; charset=utf-8");
    assertThat(new ObjectMapper().readValue(answer.body(), AgentStatus.class))
        .isEqualTo(board.current());
    assertThat(answer.body()).contains("\"state\":\"online\"", "\"revision\":\"7\"");
  }

  @Test
  void streamsTheStatusAtOnceAndAfterEachChange() throws Exception {
    board.publish(session("one", "1"));
    BlockingQueue<AgentStatus> events = stream();
    assertThat(next(events)).isEqualTo(board.current());

    board.publish(session("one", "2"));
    await().until(() -> board.current().equals(next(events)));

    board.remove("one");
    await().until(() -> next(events).sessions().isEmpty());
  }

  @Test
  void healthIsAnswered() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
  }

  @Test
  void nothingElseIsServedAndNothingCanBeChanged() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(404);
    HttpRequest post =
        HttpRequest.newBuilder(uri("/api/status"))
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    assertThat(http.send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
  }

  @Test
  void nonsenseIsRefusedAndClosed() throws Exception {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.getOutputStream().write("\0\0 nonsense\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void aReaderThatDoesNotReadCostsOneStateAndGetsTheNewest() throws Exception {
    try (Socket slow = new Socket()) {
      slow.setReceiveBufferSize(4096);
      slow.connect(server.address());
      slow.getOutputStream()
          .write(
              "GET /api/status/stream HTTP/1.1\r\nHost: x\r\n\r\n"
                  .getBytes(StandardCharsets.UTF_8));
      BlockingQueue<AgentStatus> quick = stream();
      String padding = "x".repeat(100_000);
      for (int i = 1; i <= 200; i++) {
        board.publish(session("one", padding + i));
      }
      board.publish(session("one", "last"));
      // Others are not held up …
      await().until(() -> board.current().equals(next(quick)));
      // … and far less than the 20 MB that were told in between is waiting for the slow one.
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(slow.getInputStream(), StandardCharsets.UTF_8));
      long received = 0;
      String line;
      do {
        line = reader.readLine();
        received += line.length();
      } while (!line.contains("\"revision\":\"last\""));
      assertThat(received).isLessThan(10_000_000);
    }
  }

  private BlockingQueue<AgentStatus> stream() {
    BlockingQueue<AgentStatus> events = new LinkedBlockingQueue<>();
    http.sendAsync(
        HttpRequest.newBuilder(uri("/api/status/stream")).build(),
        HttpResponse.BodyHandlers.fromLineSubscriber(new EventReader(events)));
    return events;
  }

  private static AgentStatus next(BlockingQueue<AgentStatus> events) throws InterruptedException {
    AgentStatus next = events.poll(10, TimeUnit.SECONDS);
    assertThat(next).as("an event within 10 s").isNotNull();
    return next;
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  private static AgentStatus.Session session(String name, String revision) {
    return new AgentStatus.Session(
        name,
        "localhost:4443",
        SessionState.ONLINE,
        null,
        List.of(
            new AgentStatus.Tunnel(
                "shop/web", revision, TunnelState.ONLINE, List.of("http://web.test"), null)));
  }

  private static int freePort() throws Exception {
    try (java.net.ServerSocket probe = new java.net.ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }
}
