package io.pgrok.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgrok.agent.inspect.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ApiTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] AS_JSON = {"Content-Type", "application/json"};

  private InspectedService inspected;

  @BeforeEach
  void start() throws Exception {
    inspected = new InspectedService(new Limits(5, 1024, 1 << 20));
  }

  @AfterEach
  void stop() {
    inspected.close();
  }

  private JsonNode get(String path) throws Exception {
    return JSON.readTree(inspected.api("GET", path, "").body());
  }

  /** The newest exchange, once it is complete. */
  private JsonNode newest() throws Exception {
    await().until(() -> get("/api/requests").at("/requests/0/phase").asText().equals("complete"));
    return get("/api/requests").at("/requests/0");
  }

  @Test
  void anExchangeIsListedAndTold() throws Exception {
    inspected.visit("POST", "/cart?item=7", "application/json", "{\"n\":1}");

    JsonNode summary = newest();
    assertThat(summary.path("method").asText()).isEqualTo("POST");
    assertThat(summary.path("path").asText()).isEqualTo("/cart?item=7");
    assertThat(summary.path("status").asInt()).isEqualTo(200);
    JsonNode details = get("/api/requests/" + summary.path("id").asLong());
    assertThat(details.at("/request/body/text").asText()).isEqualTo("{\"n\":1}");
    assertThat(details.at("/response/body/text").asText()).isEqualTo("{\"ok\":true}");
    assertThat(details.at("/timing/total").asDouble()).isPositive();
  }

  @Test
  void credentialsAreMaskedUnlessAskedFor() throws Exception {
    inspected.visit("GET", "/", "text/plain", "");
    long id = newest().path("id").asLong();

    assertThat(inspected.api("GET", "/api/requests/" + id, "").body()).doesNotContain("s3cret");
    assertThat(inspected.api("GET", "/api/requests.har", "").body()).doesNotContain("s3cret");
    assertThat(inspected.api("GET", "/api/requests/" + id + "?secrets=1", "").body())
        .contains("Bearer s3cret", "session=s3cret");
  }

  @Test
  void replayAsksTheServiceAgainWithTheCapturedSecrets() throws Exception {
    inspected.visit("PUT", "/again", "text/plain", "body");
    long id = newest().path("id").asLong();

    HttpResponse<String> answer =
        inspected.api("POST", "/api/requests/" + id + "/replay", "", AS_JSON);

    assertThat(answer.statusCode()).isEqualTo(202);
    await().until(() -> inspected.got().size() == 2);
    assertThat(inspected.got().get(1)).isEqualTo(inspected.got().get(0));
    JsonNode replayed = newest();
    assertThat(replayed.path("replayOf").asLong()).isEqualTo(id);
    assertThat(replayed.path("id").asLong())
        .isEqualTo(JSON.readTree(answer.body()).path("id").asLong());
    assertThat(
            inspected.api("GET", "/api/requests/" + replayed.path("id") + "?secrets=1", "").body())
        .contains("Bearer s3cret");
  }

  @Test
  void anEditedRequestIsSentAsEdited() throws Exception {
    inspected.visit("POST", "/old", "text/plain", "old");
    long id = newest().path("id").asLong();

    inspected.api(
        "POST",
        "/api/requests/" + id + "/replay",
        """
        {"method": "PATCH", "path": "/new?x=1", "body": "näw",
         "headers": [["Host", "a"], ["Content-Type", "text/x"]]}
        """,
        AS_JSON);

    await().until(() -> inspected.got().size() == 2);
    assertThat(inspected.got().get(1))
        .isEqualTo(new InspectedService.Got("PATCH", "/new?x=1", "text/x", "näw"));
  }

  @Test
  void anEditCannotSmuggleASecondRequest() throws Exception {
    inspected.visit("GET", "/", "text/plain", "");
    String replay = "/api/requests/" + newest().path("id").asLong() + "/replay";

    for (String edit :
        new String[] {
          "{\"path\": \"/ HTTP/1.1\\r\\nX: y\"}",
          "{\"method\": \"GET /\"}",
          "{\"headers\": [[\"X\", \"a\\r\\nY: b\"]]}",
          "{\"headers\": [[\"X Y\", \"a\"]]}"
        }) {
      assertThat(inspected.api("POST", replay, edit, AS_JSON).statusCode()).isEqualTo(409);
    }
    assertThat(inspected.got()).hasSize(1);
  }

  @Test
  void bodiesBeyondTheLimitAreCountedAndCutOff() throws Exception {
    inspected.says(200, "text/plain", "x".repeat(5000).getBytes(StandardCharsets.UTF_8), null);
    String answer = inspected.visit("POST", "/", "text/plain", "y".repeat(3000)).body();

    assertThat(answer).hasSize(5000);
    JsonNode details = get("/api/requests/" + newest().path("id").asLong());
    assertThat(details.at("/response/body/size").asInt()).isEqualTo(5000);
    assertThat(details.at("/response/body/truncated").asBoolean()).isTrue();
    assertThat(details.at("/response/body/text").asText()).isEqualTo("x".repeat(1024));
    assertThat(
            inspected
                .api("POST", "/api/requests/" + details.path("id") + "/replay", "", AS_JSON)
                .body())
        .contains("longer than what is kept");
  }

  @Test
  void onlyTheNewestAreKept() throws Exception {
    for (int i = 1; i <= 7; i++) {
      inspected.visit("GET", "/" + i, "text/plain", "");
    }
    newest();
    assertThat(get("/api/requests").path("requests").findValuesAsText("path"))
        .containsExactly("/7", "/6", "/5", "/4", "/3");
  }

  @Test
  void compressedBodiesAreShownAsTheyWere() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write("{\"packed\":true}".getBytes(StandardCharsets.UTF_8));
    }
    inspected.says(200, "application/json", packed.toByteArray(), "gzip");
    inspected.visit("GET", "/", "text/plain", "");

    JsonNode body = get("/api/requests/" + newest().path("id").asLong()).at("/response/body");
    assertThat(body.path("text").asText()).isEqualTo("{\"packed\":true}");
    assertThat(body.path("decoded").get(0).asText()).isEqualTo("gzip");
  }

  @Test
  void pausedNothingNewIsKeptAndClearedNothingIsLeft() throws Exception {
    inspected.visit("GET", "/one", "text/plain", "");
    newest();
    inspected.api("POST", "/api/capture", "{\"paused\": true}", AS_JSON);
    inspected.visit("GET", "/two", "text/plain", "");
    assertThat(get("/api/requests").path("requests")).hasSize(1);

    assertThat(inspected.api("DELETE", "/api/requests", "").statusCode()).isEqualTo(204);
    assertThat(get("/api/requests").path("requests")).isEmpty();
  }

  @Test
  void theArchiveHasWhatReadersNeed() throws Exception {
    inspected.visit("POST", "/form?a=b", "application/x-www-form-urlencoded", "c=d");
    newest();

    JsonNode log = get("/api/requests.har").path("log");

    assertThat(log.path("version").asText()).isEqualTo("1.2");
    JsonNode entry = log.path("entries").get(0);
    assertThat(entry.at("/request/url").asText()).isEqualTo("https://shop.example.com/form?a=b");
    assertThat(entry.at("/request/queryString/0/name").asText()).isEqualTo("a");
    assertThat(entry.at("/request/postData/text").asText()).isEqualTo("c=d");
    assertThat(entry.at("/response/status").asInt()).isEqualTo(200);
    assertThat(entry.at("/response/content/text").asText()).isEqualTo("{\"ok\":true}");
    for (String required :
        new String[] {"startedDateTime", "time", "request", "response", "cache", "timings"}) {
      assertThat(entry.has(required)).as(required).isTrue();
    }
    assertThat(
            entry.at("/timings/send").asDouble()
                + entry.at("/timings/wait").asDouble()
                + entry.at("/timings/receive").asDouble())
        .isCloseTo(entry.path("time").asDouble(), org.assertj.core.data.Offset.offset(0.1));
  }

  @Test
  void tunnelsAreOpenedAndClosedAndErrorsNameTheKey() throws Exception {
    assertThat(
            inspected
                .api(
                    "POST",
                    "/api/tunnels",
                    "{\"name\": \"web\", \"proto\": {\"http\": \"8080\"}, \"subdomain\": \"w\"}",
                    AS_JSON)
                .statusCode())
        .isEqualTo(201);
    assertThat(inspected.opened)
        .singleElement()
        .satisfies(web -> {
          assertThat(web.name()).isEqualTo("web");
          assertThat(web.subdomain()).isEqualTo("w");
        });
    assertThat(inspected.api("DELETE", "/api/tunnels/web", "").statusCode()).isEqualTo(204);
    assertThat(inspected.api("DELETE", "/api/tunnels/web", "").statusCode()).isEqualTo(404);
    assertThat(
            inspected
                .api("POST", "/api/tunnels", "{\"name\": \"x\", \"proto\": {\"ftp\": 1}}", AS_JSON)
                .body())
        .contains("tunnels.x.proto.ftp must be http");
  }

  @Test
  void theStreamTellsWhatIsNew() throws Exception {
    try (var events = new Events(inspected.url() + "/api/live")) {
      assertThat(events.next().at("/status/sessions/0/tunnels/0/name").asText()).isEqualTo("shop");
      inspected.visit("GET", "/live", "text/plain", "");
      JsonNode event = events.next();
      assertThat(event.at("/exchanges/0/path").asText()).isEqualTo("/live");
    }
  }

  @Test
  void thePageIsServedWithAStrictPolicy() throws IOException, InterruptedException {
    HttpResponse<String> page = inspected.api("GET", "/", "");
    assertThat(page.body()).contains("app.js");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'; script-src 'self';");
    assertThat(inspected.api("GET", "/app.js", "").statusCode()).isEqualTo(200);
    assertThat(inspected.api("GET", "/preact.module.js", "").statusCode()).isEqualTo(200);
    assertThat(inspected.api("GET", "/../logback.xml", "").statusCode()).isEqualTo(404);
  }
}
