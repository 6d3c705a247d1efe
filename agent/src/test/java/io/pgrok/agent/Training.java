package io.pgrok.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pgrok.agent.fake.EchoService;
import io.pgrok.agent.fake.FakeControl;
import io.pgrok.agent.fake.FakeLink;
import io.pgrok.agent.fake.FakeServer;
import io.pgrok.protocol.message.Extension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Has an agent do a sidecar's work once, for the class cache that its JVM writes at its end: {@code
 * Training <command that runs the agent>}. See deploy/images/application.
 */
final class Training {

  private static final String URL = "http://web.training.test";
  private static final String REQUEST =
      "GET / HTTP/1.1\r\nHost: web.training.test\r\nUser-Agent: training\r\n\r\n";

  /** So many that the cache knows what a busy program calls: it is compiled at its first uses. */
  private static final int VISITORS = 500;

  private Training() {}

  public static void main(String[] command) throws Exception {
    Path sessions = Files.createTempDirectory("training");
    try (FakeServer server = new FakeServer();
        EchoService service = new EchoService()) {
      Files.writeString(sessions.resolve("training.yml"), session(server, service));
      int status = freePort();
      List<String> line = new ArrayList<>(Arrays.asList(command));
      line.addAll(
          List.of(
              "-config=" + sessions,
              "-statusaddr=127.0.0.1:" + status,
              "-log=stdout",
              "start-all"));
      Process agent = new ProcessBuilder(line).inheritIO().start();
      try {
        FakeControl control =
            server.control().grant("training", Extension.MUX, Extension.CLOSE, Extension.HEARTBEAT);
        control.register(URL);
        visit(server.dialledLink());
        ask(status);
        // The JVM ends when it has written the cache.
        agent.destroy();
        if (!agent.waitFor(2, TimeUnit.MINUTES)) {
          throw new IllegalStateException("the agent did not end");
        }
      } finally {
        agent.destroyForcibly();
      }
    }
  }

  private static String session(FakeServer server, EchoService service) {
    return """
    server_addr: localhost:%d
    auth_token: training
    server_ca: |
      %s
    tunnels:
      shop/web:
        subdomain: web
        proto:
          http: 127.0.0.1:%d
    """
        .formatted(
            server.port(), FakeServer.authority().strip().replace("\n", "\n  "), service.port());
  }

  private static void visit(FakeLink link) throws IOException {
    for (int visitor = 1; visitor <= VISITORS; visitor++) {
      int stream = 2 * visitor;
      link.open(stream, URL, REQUEST);
      link.receive(stream, REQUEST.getBytes(UTF_8).length);
      link.flag(stream, FakeLink.FIN);
    }
  }

  private static void ask(int status) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (String path : List.of("/healthz", "/api/status")) {
        URI uri = URI.create("http://127.0.0.1:" + status + path);
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
