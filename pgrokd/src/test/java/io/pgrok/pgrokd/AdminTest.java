package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgrok.pgrokd.testing.AdminPort;
import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a running server tells its operators. */
@ExtendWith(Leaks.class)
class AdminTest {

  @TempDir Path dir;

  @Test
  void everyRequestIsCountedByMethodAndCodeAndNoHostIsALabel() throws Exception {
    try (TestServer server = TestServer.open();
        TestAgent agent = TestAgent.connect(server);
        Visitor visitor = Visitor.connect(server.httpPort())) {
      agent.open("web", HttpService.saying("hello"));
      assertThat(visitor.get("web").receive().status()).isEqualTo(200);
      assertThat(visitor.get("web").receive().status()).isEqualTo(200);
      assertThat(visitor.get("nobody").receive().status()).isEqualTo(404);
      visitor
          .send("BREW /pot HTTP/1.1\r\nHost: nobody." + TestServer.DOMAIN + "\r\n\r\n")
          .receive();
      AdminPort admin = AdminPort.of(server);

      await().until(() -> admin.metric("pgrokd_requests_total{code=\"2xx\",method=\"GET\"}") == 2);
      assertThat(admin.metric("pgrokd_requests_total{code=\"4xx\",method=\"GET\"}")).isEqualTo(1);
      assertThat(admin.metric("pgrokd_requests_total{code=\"4xx\",method=\"other\"}")).isEqualTo(1);
      assertThat(admin.metric("pgrokd_rejections_total{reason=\"unknown_host\"}")).isEqualTo(2);
      assertThat(admin.metric("pgrokd_request_duration_seconds_count{protocol=\"http\"}"))
          .isEqualTo(4);
      assertThat(admin.metric("pgrokd_sent_bytes_total{protocol=\"http\"}")).isEqualTo(10);
      assertThat(admin.metric("pgrokd_stream_wait_seconds_count")).isPositive();
      assertThat(admin.metric("pgrokd_tunnels{protocol=\"http\"}")).isEqualTo(1);
      assertThat(admin.metric("pgrokd_sessions")).isEqualTo(1);
      assertThat(admin.metric("pgrokd_visitors{protocol=\"http\"}")).isEqualTo(1);
      String all = admin.get("/metrics").body();
      assertThat(all).contains("pgrokd_build_info", "jvm_heap_used_bytes", "process_cpu_seconds");
      assertThat(all).doesNotContain(TestServer.DOMAIN, "BREW", "127.0.0.1");
    }
  }

  @Test
  void bytesOfTcpTunnelsCountInBothDirectionsWhileTheyGo() throws Exception {
    try (TestServer server = TestServer.open();
        TestAgent agent = TestAgent.connect(server)) {
      String url =
          agent.open(
              TestAgent.tcp(0),
              (socket, start) -> socket.getInputStream().transferTo(socket.getOutputStream()));
      AdminPort admin = AdminPort.of(server);
      try (Visitor visitor = Visitor.connect(URI.create(url).getPort())) {
        visitor.send("hello");
        assertThat(visitor.in().readNBytes(5)).hasSize(5);
        assertThat(admin.metric("pgrokd_received_bytes_total{protocol=\"tcp\"}")).isEqualTo(5);
        assertThat(admin.metric("pgrokd_sent_bytes_total{protocol=\"tcp\"}")).isEqualTo(5);
        assertThat(admin.metric("pgrokd_visitors{protocol=\"tcp\"}")).isEqualTo(1);
      }
      await().until(() -> admin.metric("pgrokd_visitors{protocol=\"tcp\"}") == 0);
      assertThat(admin.metric("pgrokd_request_duration_seconds_count{protocol=\"tcp\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void whatNeverBecameARequestIsCounted() throws Exception {
    try (TestServer server = TestServer.withTokens()) {
      AdminPort admin = AdminPort.of(server);
      try (Visitor visitor = Visitor.connect(server.httpPort())) {
        assertThat(visitor.send("GET / HTTP/1.1\n\n").receive().status()).isEqualTo(400);
      }
      for (int port : new int[] {server.httpsPort(), server.tunnelPort()}) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          socket.getOutputStream().write("this is no TLS at all\r\n\r\n".getBytes("US-ASCII"));
          socket.getInputStream().readAllBytes();
        }
      }
      TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, "")).close();
      try {
        TestAgent.connect(server, TestAgent.auth("wrong", "")).close();
      } catch (IllegalStateException refused) {
        // As it should be.
      }
      assertThat(admin.metric("pgrokd_rejections_total{reason=\"bad_request\"}")).isEqualTo(1);
      await().until(() -> admin.metric("pgrokd_rejections_total{reason=\"tls\"}") == 1);
      await()
          .until(() -> admin.metric("pgrokd_tls_handshake_failures_total{port=\"tunnel\"}") == 1);
      assertThat(admin.metric("pgrokd_agents_refused_total{reason=\"token\"}")).isEqualTo(1);
      await()
          .until(() -> admin.metric("pgrokd_sessions_ended_total{reason=\"disconnected\"}") == 1);
    }
  }

  @Test
  void sessionsAndTunnelsAreListedWithoutKeys() throws Exception {
    try (TestServer server = TestServer.withTokens();
        TestAgent agent = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""))) {
      String url = agent.open("web", HttpService.saying("hello"));
      AdminPort admin = AdminPort.of(server);

      String text = admin.get("/api/sessions").body() + admin.get("/api/tunnels").body();
      JsonNode session = new ObjectMapper().readTree(admin.get("/api/sessions").body()).get(0);
      JsonNode tunnel = new ObjectMapper().readTree(admin.get("/api/tunnels").body()).get(0);

      assertThat(session.path("identity").asText()).isEqualTo("alice");
      assertThat(session.path("address").asText()).isEqualTo("127.0.0.1");
      assertThat(session.at("/tunnels/0").asText()).isEqualTo(url);
      assertThat(tunnel.path("url").asText()).isEqualTo(url);
      assertThat(tunnel.path("clients")).hasSize(1);
      assertThat(tunnel.at("/clients/0")).isEqualTo(session.path("client"));
      assertThat(text).doesNotContain(agent.welcome().clientId(), TestServer.TOKEN);
    }
  }

  @Test
  void theAdminPortOnlyTells() throws Exception {
    try (TestServer server = TestServer.open()) {
      AdminPort admin = AdminPort.of(server);
      assertThat(admin.send("DELETE", "/api/sessions").statusCode()).isEqualTo(405);
      assertThat(admin.get("/api/sessions/1").statusCode()).isEqualTo(404);
      assertThat(admin.get("/").body()).contains("/metrics", "/api/tunnels");
    }
  }

  @Test
  void theAccessLogHasALineForEachRequestAndNoSecrets() throws Exception {
    Path file = dir.resolve("access.log");
    try (TestServer server =
        TestServer.start(config -> Copy.of(config, "accessLog", file.toString()))) {
      try (TestAgent agent = TestAgent.connect(server);
          Visitor visitor = Visitor.connect(server.httpPort())) {
        agent.open("web", HttpService.saying("hello"));
        visitor
            .send(
                "GET /search?key=secret HTTP/1.1\r\nHost: web."
                    + TestServer.DOMAIN
                    + "\r\nAuthorization: Basic c2VjcmV0\r\n\r\n")
            .receive();
        visitor.get("nobody").receive();
      }
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(2);
    JsonNode first = new ObjectMapper().readTree(lines.get(0));
    assertThat(first.path("path").asText()).isEqualTo("/search");
    assertThat(first.path("status").asInt()).isEqualTo(200);
    assertThat(first.path("sent").asInt()).isEqualTo(5);
    assertThat(first.path("whole").asBoolean()).isTrue();
    assertThat(first.path("identity").asText()).isEqualTo("anonymous");
    assertThat(new ObjectMapper().readTree(lines.get(1)).path("status").asInt()).isEqualTo(404);
    assertThat(String.join("", lines)).doesNotContain("secret", "c2VjcmV0");
  }
}
