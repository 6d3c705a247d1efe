package io.pgrok.agent.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.pgrok.agent.inspect.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The archive against the JSON schema of HTTP Archive 1.2 that npm's har-schema is. */
class HarSchemaTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MAVEN = "/META-INF/maven/org.webjars.npm/har-schema/pom.properties";

  private InspectedService inspected;
  private JsonSchema schema;

  @BeforeEach
  void start() throws Exception {
    inspected = new InspectedService(Limits.LAPTOP);
    schema = schema();
  }

  @AfterEach
  void stop() {
    inspected.close();
  }

  @Test
  void whateverWasCapturedTheArchiveIsValid() throws Exception {
    inspected.visit("GET", "/search?q=t%C3%A9&q=2&empty=&novalue", "text/plain", "");
    inspected.visit("POST", "/form", "application/x-www-form-urlencoded", "c=d");
    inspected.says(200, "image/png", new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, 1}, null);
    inspected.visit("PUT", "/picture", "application/octet-stream", "\0\1\2");
    inspected.says(200, "application/json", gzip("{\"packed\":true}"), "gzip");
    inspected.visit("GET", "/packed", "text/plain", "");
    inspected.says(302, "text/plain", new byte[0], null);
    inspected.visit("GET", "/moved", "text/plain", "");
    inspected.raw("GET /lost HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 5\r\n\r\nab");
    inspected.raw("GET /caf\u00e9|{x}?%zz=%2&\"<b>\" HTTP/1.1\r\nHost: shop.example.com\r\n\r\n");
    inspected.raw(
        "GET /cookies HTTP/1.1\r\nHost: shop.example.com\r\nCookie: a=b; c; =d; e=\"f\"\r\n\r\n");
    await().until(() -> inspected.captures().all().size() == 8);

    for (String query : new String[] {"", "?secrets=1"}) {
      JsonNode har = JSON.readTree(inspected.api("GET", "/api/requests.har" + query, "").body());
      assertThat(har.at("/log/entries")).hasSize(8);
      assertThat(violations(har)).isEmpty();
    }
  }

  /** So that no violation means something. */
  @Test
  void anEntryWithoutItsRequestIsInvalid() throws Exception {
    inspected.visit("GET", "/", "text/plain", "");
    await().until(() -> inspected.captures().all().size() == 1);
    JsonNode har = JSON.readTree(inspected.api("GET", "/api/requests.har", "").body());

    ((ObjectNode) har.at("/log/entries/0/request")).put("url", "not a URL");
    assertThat(violations(har)).isNotEmpty();
    ((ObjectNode) har.at("/log/entries/0")).remove("request");
    assertThat(violations(har)).singleElement().asString().contains("request");
  }

  private Set<ValidationMessage> violations(JsonNode har) {
    return schema.validate(har);
  }

  private static JsonSchema schema() throws IOException {
    Properties maven = new Properties();
    try (InputStream properties = HarSchemaTest.class.getResourceAsStream(MAVEN)) {
      maven.load(properties);
    }
    String files =
        "classpath:META-INF/resources/webjars/har-schema/" + maven.getProperty("version") + "/lib/";
    return JsonSchemaFactory.getInstance(
            VersionFlag.V6,
            factory ->
                factory.schemaMappers(mappers -> mappers.mapPrefix("https://har.test/", files)))
        .getSchema(
            SchemaLocation.of("https://har.test/har.json"),
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return packed.toByteArray();
  }
}
