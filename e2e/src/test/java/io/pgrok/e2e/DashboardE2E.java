package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.pgrok.e2e.install.Installation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query of the Grafana dashboard finds something in a Prometheus that scrapes the server on
 * the cluster while it has visitors.
 */
@ExtendWith(PgrokExtension.class)
class DashboardE2E {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String SERVER = "app.kubernetes.io/name";

  private final Pgrok pgrok;
  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();

  @TempDir private Path folder;
  private HttpServer metrics;
  private Process prometheus;
  private int port;

  DashboardE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @BeforeEach
  void prometheusScrapesTheServer() throws IOException {
    metrics = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
    metrics.createContext(
        "/metrics",
        exchange -> {
          try (exchange) {
            var page = metricsOfTheServer().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
          }
        });
    metrics.start();
    port = freePort();
    var config =
        Files.writeString(
            folder.resolve("prometheus.yml"),
            """
            global: {scrape_interval: 2s}
            scrape_configs:
              - job_name: pgrokd
                static_configs: [{targets: ["localhost:%d"]}]
            """
                .formatted(metrics.getAddress().getPort()));
    var repository = pgrok.installation().repository();
    prometheus =
        repository
            .command(
                repository.command("deploy/local-cluster/prometheus").output(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .background(folder.resolve("prometheus.log"));
  }

  @AfterEach
  void stop() throws InterruptedException {
    prometheus.destroy();
    prometheus.waitFor();
    metrics.stop(0);
  }

  @Test
  void everyQueryFindsSomething() throws Exception {
    var load = Load.start(2, () -> pgrok.visitorOf("web"));
    try {
      // Sessions that ended are counted from the first one on.
      pgrok
          .client()
          .resource(pgrok.awaitReadyPod(Installation.NAMESPACE, "pgrok.io/agent", "shared"))
          .delete();
      for (var query : queries()) {
        Wait.until(() -> assertThat(results(query)).as(query).isNotEmpty());
      }
      Measured.count("queries of the dashboard, each with results", queries().size());
    } finally {
      load.stop();
    }
  }

  /** As Grafana asks them, with every server chosen. */
  private List<String> queries() throws IOException {
    var dashboard =
        pgrok.installation().repository().root().resolve("helm/pgrokd/files/dashboard.json");
    List<String> queries = new ArrayList<>();
    for (JsonNode panel : json.readTree(dashboard.toFile()).path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(
            target
                .path("expr")
                .asText()
                .replace("$__rate_interval", "30s")
                .replace("$instance", ".*"));
      }
    }
    assertThat(queries).hasSizeGreaterThan(10).noneMatch(query -> query.contains("$"));
    return queries;
  }

  /** Of an instant query; empty too while Prometheus is not there yet. */
  private JsonNode results(String query) throws IOException, InterruptedException {
    var uri =
        URI.create(
            "http://127.0.0.1:%d/api/v1/query?query=%s"
                .formatted(port, URLEncoder.encode(query, StandardCharsets.UTF_8)));
    try {
      var answer =
          json.readTree(
              client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body());
      assertThat(answer.path("status").asText()).as("%s: %s", query, answer).isEqualTo("success");
      return answer.at("/data/result");
    } catch (java.net.ConnectException e) {
      throw new AssertionError("Prometheus does not answer yet", e);
    }
  }

  /** Through the API server: the admin port is no public one. */
  private String metricsOfTheServer() {
    var pod = pgrok.awaitReadyPod(Installation.NAMESPACE, SERVER, "pgrokd");
    return pgrok
        .tools()
        .kubectl(
            "get",
            "--raw",
            "/api/v1/namespaces/%s/pods/%s:4444/proxy/metrics"
                .formatted(Installation.NAMESPACE, pod.getMetadata().getName()))
        .output();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }
}
