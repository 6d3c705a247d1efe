package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that two parties might divide differently: each gets one answer and the connection ends,
 * so that nobody takes what follows for a request.
 */
@ExtendWith(Leaks.class)
class SmugglingTest {

  private static final String HOST = "Host: one.pgrok.test";
  private static final String NEXT = "GET /smuggled HTTP/1.1\r\n" + HOST + "\r\n\r\n";
  private static final Pattern HEX = Pattern.compile("\\\\x([0-9a-f]{2})");

  private static TestServer server;
  private static TestAgent agent;
  private static HttpService service;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.open();
    agent = TestAgent.connect(server);
    service =
        new HttpService((head, body, out) -> {
          if (head.startsWith("POST")) {
            body.readAllBytes(); // never whole: the server breaks off
            return false;
          }
          out.write(HttpService.response("x"));
          return true;
        });
    agent.open("one", service);
  }

  @AfterAll
  static void stop() throws Exception {
    agent.close();
    server.close();
  }

  static List<String> requests() throws IOException {
    List<String> requests = new ArrayList<>();
    try (InputStream in = SmugglingTest.class.getResourceAsStream("/smuggling/requests.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.isBlank() && !line.startsWith("#")) {
          requests.add(line);
        }
      }
    }
    return requests;
  }

  private static String unescaped(String text) {
    String plain =
        text.replace("HOST", HOST)
            .replace("NEXT", NEXT)
            .replace("HUGE", "x".repeat(70_000))
            .replace("LONG", "x".repeat(300))
            .replace("MANY", "X: y\\r\\n".repeat(300))
            .replace("\\r", "\r")
            .replace("\\n", "\n")
            .replace("\\t", "\t");
    return HEX.matcher(plain)
        .replaceAll(hex ->
            Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(hex.group(1), 16))));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void isAnsweredOnceAndTheConnectionEnds(String line) throws Exception {
    String[] parts = line.split(" => ");
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      visitor.send(unescaped(parts[0]));
      Visitor.Response answer = visitor.receive();
      assertThat(answer.status()).isEqualTo(Integer.parseInt(parts[1]));
      assertThat(answer.header("Connection")).isEqualTo("close");
      assertThat(answer.body()).endsWith(".\n");
      assertThat(visitor.isClosed()).as("closed without another answer").isTrue();
    }
    assertThat(service.heads()).noneMatch(head -> head.contains("smuggled"));
  }

  @Test
  void emptyLinesBeforeARequestAreOnlyLines() throws Exception {
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      visitor.send("\r\n\r\n").get("one");
      assertThat(visitor.receive().body()).isEqualTo("x");
    }
  }

  @Test
  void aBodyThatIsAnnouncedAndNeverExpectedIsNoRequest() throws Exception {
    // The service answers at once and reads no body: what comes of it must not be taken for a
    // request.
    agent.open(
        "hasty",
        new HttpService((head, body, out) -> {
          out.write(HttpService.response("early"));
          return true;
        }));
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      visitor.send(
          "POST / HTTP/1.1\r\nHost: hasty.pgrok.test\r\nExpect: 100-continue\r\n"
              + "Content-Length: 1000\r\n\r\n");
      assertThat(visitor.receive().body()).isEqualTo("early");
      visitor.send(NEXT);
      assertThat(visitor.isClosed()).isTrue();
    }
    assertThat(service.heads()).noneMatch(head -> head.contains("smuggled"));
  }
}
