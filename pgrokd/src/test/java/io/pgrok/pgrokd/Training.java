package io.pgrok.pgrokd;

import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.certificate.DevelopmentCertificate;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.Auth;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Has a server do its work once, for the class cache that its JVM writes at its end: {@code
 * Training <command that runs the server>}. See deploy/images/application.
 */
final class Training {

  private static final String HOST = "web." + TestServer.DOMAIN;
  private static final String REQUEST =
      "GET / HTTP/1.1\r\nHost: %s\r\nUser-Agent: training\r\n\r\n".formatted(HOST);

  /** So many that the cache knows what a busy program calls: it is compiled at its first uses. */
  private static final int VISITORS = 500;

  private static final int TLS_VISITORS = 50;
  private static final int REQUESTS = 10;

  private Training() {}

  public static void main(String[] command) throws Exception {
    DevelopmentCertificate certificate =
        DevelopmentCertificate.ensure(TestServer.DIRECTORY, TestServer.DOMAIN, Clock.systemUTC());
    int http = freePort();
    int https = freePort();
    int tunnels = freePort();
    int admin = freePort();
    List<String> line = new ArrayList<>(Arrays.asList(command));
    line.addAll(
        List.of(
            "-domain=" + TestServer.DOMAIN,
            "-httpAddr=127.0.0.1:" + http,
            "-httpsAddr=127.0.0.1:" + https,
            "-tunnelAddr=127.0.0.1:" + tunnels,
            "-adminAddr=127.0.0.1:" + admin,
            "-authTokenFile=" + TestServer.tokenFile(),
            "-tlsCrt=" + certificate.certificate(),
            "-tlsKey=" + certificate.key()));
    Process server = new ProcessBuilder(line).inheritIO().start();
    try {
      awaitPort(admin);
      Auth auth = TestAgent.auth(TestServer.TOKEN, "", Extension.MUX, Extension.CLOSE);
      try (TestAgent agent = TestAgent.connect(tunnels, auth, true)) {
        agent.open("web", HttpService.saying("hello"));
        for (int visitor = 0; visitor < VISITORS; visitor++) {
          visit(Visitor.connect(http));
        }
        for (int visitor = 0; visitor < TLS_VISITORS; visitor++) {
          visit(Visitor.connectTls(https));
        }
      }
      try (Visitor probe = Visitor.connect(admin)) {
        probe.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").receive();
      }
      // The JVM ends when it has written the cache.
      server.destroy();
      if (!server.waitFor(2, TimeUnit.MINUTES)) {
        throw new IllegalStateException("the server did not end");
      }
    } finally {
      server.destroyForcibly();
    }
  }

  private static void visit(Visitor visitor) throws IOException {
    try (visitor) {
      for (int request = 0; request < REQUESTS; request++) {
        visitor.send(REQUEST).receive();
      }
    }
  }

  private static void awaitPort(int port) {
    await()
        .atMost(1, TimeUnit.MINUTES)
        .ignoreExceptions()
        .until(() -> {
          new Socket(InetAddress.getLoopbackAddress(), port).close();
          return true;
        });
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
