package io.pgrok.operator.probe;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.pgrok.operator.probe.Reachability.Answered;
import io.pgrok.operator.probe.Reachability.Failed;
import io.pgrok.operator.probe.Reachability.Failure;
import io.pgrok.operator.probe.Reachability.Unknown;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProbeClientTest {

  private final ProbeClient client = new ProbeClient(Duration.ofSeconds(20));

  private static HttpServer answering(int status) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        ProbeClient.PATH,
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static URI uri(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Test
  void theAgentsAnswerHasALatency() throws Exception {
    var server = answering(204);
    assertThat(client.ask(uri(server.getAddress().getPort()), null)).isInstanceOf(Answered.class);
    server.stop(0);
  }

  @Test
  void anotherAnswerIsNotTheAgents() throws Exception {
    var server = answering(502);
    assertThat(client.ask(uri(server.getAddress().getPort()), null))
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.why()).isEqualTo(Failure.UNEXPECTED_ANSWER);
              assertThat(failed.detail()).contains("502");
            });
    server.stop(0);
  }

  @Test
  void nothingListens() throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(why(client.ask(uri(port), null))).isEqualTo(Failure.CONNECT_FAILED);
  }

  @Test
  void aServerThatSaysNothingTimesOut() throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var hasty = new ProbeClient(Duration.ofMillis(300));
      assertThat(why(hasty.ask(uri(socket.getLocalPort()), null))).isEqualTo(Failure.TIMED_OUT);
    }
  }

  @Test
  void nameThatNobodyKnows() throws Exception {
    assertThat(why(client.ask(URI.create("http://web.example.invalid"), null)))
        .isEqualTo(Failure.UNRESOLVABLE);
  }

  @Test
  void plainTextWhereTlsIsExpected() throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (var visitor = socket.accept()) {
              visitor
                  .getOutputStream()
                  .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
              visitor.getInputStream().read();
            } catch (IOException e) {
              // The client has gone.
            }
          });
      var url = URI.create("https://127.0.0.1:" + socket.getLocalPort());
      assertThat(why(client.ask(url, null))).isEqualTo(Failure.TLS_FAILED);
    }
  }

  @Test
  void namesOfThisMachineAreNotAsked() throws Exception {
    assertThat(client.ask(URI.create("http://web.pgrok.localhost:8080"), null))
        .isInstanceOf(Unknown.class);
  }

  @Test
  void aLatencyThatHardlyDiffersIsNoNews() {
    var before = new Answered(Duration.ofMillis(20));
    assertThat(new Answered(Duration.ofMillis(90)).isNewsAfter(before)).isFalse();
    assertThat(new Answered(Duration.ofMillis(500)).isNewsAfter(before)).isTrue();
    assertThat(new Failed(Failure.TIMED_OUT, "x").isNewsAfter(before)).isTrue();
    assertThat(new Failed(Failure.TIMED_OUT, "x").isNewsAfter(new Failed(Failure.TIMED_OUT, "x")))
        .isFalse();
  }

  private static Failure why(Reachability found) {
    assertThat(found).isInstanceOf(Failed.class);
    return ((Failed) found).why();
  }
}
