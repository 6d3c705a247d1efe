package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that two parties might divide differently: each gets one answer and the connection ends,
 * so that nobody takes what follows for a request.
 */
@ExtendWith(Leaks.class)
class SmugglingTest {

  private static final String HOST = "Host: one.pgrok.test";
  private static final String NEXT = "GET /smuggled HTTP/1.1\r\n" + HOST + "\r\n\r\n";
  private static final Pattern HEX = Pattern.compile("\\\\x([0-9a-f]{2})");

  private static final AtomicInteger BEGUN = new AtomicInteger();

  private static TestServer server;
  private static TestAgent corpus;

  /** Of one test: the other's control connection would be too quiet for it after all the cases. */
  private @Nullable TestAgent agent;

  /** What the service was sent, on each of its connections that have ended. */
  private static final List<String> ENDED = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    // Its agent sends no pings, and there are more cases than fit into the silence that is allowed.
    server = TestServer.open("controlSilence", 60 * 60 * 1000);
    corpus = TestAgent.connect(server);
    corpus.open(
        "one",
        (socket, start) -> {
          BEGUN.incrementAndGet();
          ByteArrayOutputStream got = new ByteArrayOutputStream();
          try {
            InputStream in = socket.getInputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
              got.write(next);
              if (endsRequest(got.toString(StandardCharsets.ISO_8859_1))) {
                socket.getOutputStream().write(HttpService.response("x"));
              }
            }
          } finally {
            ENDED.add(got.toString(StandardCharsets.ISO_8859_1));
          }
        });
  }

  /** How a service divides what it gets that believes whatever it finds. */
  private static boolean endsRequest(String got) {
    return got.endsWith("0\r\n\r\n") || (got.startsWith("GET ") && got.endsWith("\r\n\r\n"));
  }

  @AfterAll
  static void stop() throws Exception {
    corpus.close();
    server.close();
  }

  private TestAgent agent() throws Exception {
    TestAgent connected = TestAgent.connect(server);
    agent = connected;
    return connected;
  }

  @AfterEach
  void leave() throws Exception {
    if (agent != null) {
      agent.close();
    }
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
    await().until(() -> ENDED.size() == BEGUN.get());
    // Of a body that went wrong the service may have the begin; never what it takes for a request.
    assertThat(ENDED).noneMatch(got -> endsRequest(got) || got.contains("smuggled"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Length: 005|Content-Length: 5",
        "content-length:5|Content-Length: 5",
        "Connection: Content-Length\\r\\nContent-Length: 5|Content-Length: 5",
        "Transfer-Encoding:\\tCHUNKED |Transfer-Encoding: chunked",
        "Connection: Transfer-Encoding\\r\\ntransfer-encoding: Chunked|Transfer-Encoding: chunked",
      })
  void whereABodyEndsReachesTheServiceInOneSpelling(String sent, String got) throws Exception {
    HttpService service =
        new HttpService((head, body, out) -> {
          HttpService.skipBody(head, body);
          out.write(HttpService.response("x"));
          return true;
        });
    String tunnel = agent().open("", service);
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      for (int i = 0; i < 2; i++) {
        visitor.send(
            "POST / HTTP/1.1\r\nHost: "
                + URI.create(tunnel).getAuthority()
                + "\r\n"
                + unescaped(sent)
                + "\r\n\r\n"
                + (got.startsWith("C") ? "hello" : "5\r\nhello\r\n0\r\n\r\n"));
        assertThat(visitor.receive().body()).isEqualTo("x");
      }
    }
    assertThat(service.heads())
        .hasSize(2)
        .allSatisfy(head -> assertThat(head).contains("\r\n" + got + "\r\n"))
        .noneMatch(head -> head.toLowerCase(Locale.ROOT).contains("connection"));
  }

  /**
   * A service that answers these before it has read the body may take that for a request: what it
   * says to it must not be an answer for anybody.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "OPTIONS / HTTP/1.1\r\n",
        "POST / HTTP/1.1\r\nExpect: 100-continue\r\n",
      })
  void aBodyThatServicesOverlookIsNobodysNextRequest(String begin) throws Exception {
    HttpService careless =
        new HttpService((head, body, out) -> {
          out.write(HttpService.response(head.contains("/smuggled") ? "smuggled" : "fine"));
          return true;
        });
    String tunnel = agent().open("", careless);
    String host = "Host: " + URI.create(tunnel).getAuthority() + "\r\n";
    String smuggled = "GET /smuggled HTTP/1.1\r\n" + host + "\r\n";
    for (int i = 0; i < 5; i++) {
      try (Visitor visitor = Visitor.connect(server.httpPort())) {
        visitor.send(begin + host + "Content-Length: " + smuggled.length() + "\r\n\r\n" + smuggled);
        assertThat(visitor.receive().body()).isEqualTo("fine");
      }
      try (Visitor next = Visitor.connect(server.httpPort())) {
        next.send("GET / HTTP/1.1\r\n" + host + "\r\n");
        assertThat(next.receive().body()).isEqualTo("fine");
      }
    }
  }

  @Test
  void emptyLinesBeforeARequestAreOnlyLines() throws Exception {
    agent().open("lines", HttpService.saying("x"));
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      visitor.send("\r\n\r\n").get("lines");
      assertThat(visitor.receive().body()).isEqualTo("x");
    }
  }

  @Test
  void aBodyThatIsAnnouncedAndNeverExpectedIsNoRequest() throws Exception {
    // The service answers at once and reads no body: what comes of it must not be taken for a
    // request.
    agent()
        .open(
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
    assertThat(ENDED).noneMatch(got -> got.contains("smuggled"));
  }
}
