package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.testing.Http2Client;
import io.pgrok.pgrokd.testing.Http2Client.Event;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Answers of private services that two parties might divide differently: nobody gets a part of one
 * that was another's, and none that was broken off looks whole.
 */
@ExtendWith(Leaks.class)
class UnusualAnswersTest {

  private static final String OK = "HTTP/1.1 200 OK\r\n";

  private TestServer server;
  private TestAgent agent;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.open();
    agent = TestAgent.connect(server);
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    server.close();
  }

  /** Answers like this where it is asked for /odd, and otherwise as everybody does. */
  private HttpService odd(String answer) throws Exception {
    HttpService service =
        new HttpService((head, body, out) -> {
          boolean odd = head.contains(" /odd ");
          out.write(
              odd ? answer.getBytes(StandardCharsets.ISO_8859_1) : HttpService.response("fine"));
          return true;
        });
    agent.open("one", service);
    return service;
  }

  private static void askOddly(Visitor visitor, String method) throws Exception {
    visitor.send(method + " /odd HTTP/1.1\r\nHost: one.pgrok.test\r\n\r\n");
  }

  private void nobodyElseIsAffected() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (Visitor next = Visitor.connect(server.httpPort())) {
        assertThat(next.get("one").receive().body()).isEqualTo("fine");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        OK + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        OK + "Content-Length: 1\r\nContent-Length: 9\r\n\r\nx",
        OK + "Content-Length: 1, 1\r\n\r\nx",
        OK + "Content-Length: -1\r\n\r\nx",
        OK + "Content-Length: +1\r\n\r\nx",
        OK + "Content-Length: 99999999999999999999\r\n\r\nx",
        OK + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK + "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n",
        OK + "Transfer-Encoding: identity\r\n\r\nx",
        OK + "X: a\rSet-Cookie: b\r\nContent-Length: 1\r\n\r\nx",
        OK + "X: a\r\n Set-Cookie: b\r\nContent-Length: 1\r\n\r\nx",
        OK + "X: a\0\r\nContent-Length: 1\r\n\r\nx",
        OK + "X : a\r\nContent-Length: 1\r\n\r\nx",
        OK + "no colon\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 O\rK\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 20 OK\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/2.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
        "ICY 200 OK\r\nContent-Length: 1\r\n\r\nx",
        "220 mail.example.com ESMTP\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n" + OK + "Content-Length: 1\r\n\r\nx",
      })
  void whatNobodyCanDivideForSureIsABadGateway(String answer) throws Exception {
    odd(answer);
    try (Visitor visitor = Visitor.connect(server.httpPort());
        Http2Client other = Http2Client.connect(server.httpPort())) {
      askOddly(visitor, "GET");
      assertThat(visitor.receive().status()).isEqualTo(502);
      assertThat(visitor.get("one").receive().body()).as("the connection stays").isEqualTo("fine");
      assertThat(other.open(other.head("GET", "one.pgrok.test", "/odd"), true).answer().status())
          .isEqualTo(502);
    }
    nobodyElseIsAffected();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET HTTP/1.1 204 No Content\r\nContent-Length: 8\r\n\r\npoisoned",
        "GET HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n8\r\npoisoned\r\n0\r\n\r\n",
        "GET HTTP/1.1 304 Not Modified\r\nContent-Length: 8\r\n\r\npoisoned",
        "HEAD HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned",
        "HEAD HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\npoisoned\r\n0\r\n\r\n",
        "GET HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned",
        "GET HTTP/1.1 103 Early Hints\r\nContent-Length: 8\r\n\r\n"
            + "HTTP/1.1 204 No Content\r\n\r\npoisoned",
      })
  void whatFollowsAnAnswerIsNobodysAnswer(String exchange) throws Exception {
    int method = exchange.indexOf(' ');
    odd(exchange.substring(method + 1));
    try (Visitor visitor = Visitor.connect(server.httpPort());
        Http2Client other = Http2Client.connect(server.httpPort())) {
      askOddly(visitor, exchange.substring(0, method));
      String head = visitor.receiveHead();
      if (head.contains(" 204 ") || head.contains(" 103 ")) {
        // It has no body, so nobody is told of one.
        assertThat(head).doesNotContain("Content-Length", "Transfer-Encoding");
      }
      if (head.contains(" 103 ")) {
        visitor.receiveHead();
      }
      assertThat(visitor.get("one").receive().body()).isEqualTo("fine");
      Http2Client.Answer answer =
          other
              .open(other.head(exchange.substring(0, method), "one.pgrok.test", "/odd"), true)
              .answer();
      assertThat(answer.body()).isEmpty();
      assertThat(other.get("one").body()).isEqualTo("fine");
    }
    nobodyElseIsAffected();
  }

  /** What comes later than its answer could be taken for that of the stream's next visitor. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content\r\nContent-Length: 8\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      })
  void aServiceThatContradictsItselfIsNotAskedOnThatStreamAgain(String answer) throws Exception {
    odd(answer);
    try (Visitor visitor = Visitor.connect(server.httpPort())) {
      askOddly(visitor, "GET");
      visitor.receiveHead();
    }
    try (Visitor next = Visitor.connect(server.httpPort())) {
      assertThat(next.get("one").receive().body()).isEqualTo("fine");
    }
    assertThat(agent.started()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1\r\nab\r\n0\r\n\r\n", "x\r\n", "-1\r\n", "2\nab", "0\r\nX: \0\r\n\r\n"})
  void chunksThatAreNoneAreNotTakenForAnEnd(String chunks) throws Exception {
    odd(OK + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
    try (Visitor visitor = Visitor.connect(server.httpPort());
        Http2Client other = Http2Client.connect(server.httpPort())) {
      askOddly(visitor, "GET");
      String got = new String(everything(visitor), StandardCharsets.ISO_8859_1);
      assertThat(got).doesNotEndWith("0\r\n\r\n");
      Http2Client.Stream stream = other.open(other.head("GET", "one.pgrok.test", "/odd"), true);
      Event event = stream.next();
      while (!(event instanceof Event.Reset)) {
        assertThat(event).isInstanceOfAny(Event.Head.class, Event.Data.class);
        event = stream.next();
      }
    }
    nobodyElseIsAffected();
  }

  private static byte[] everything(Visitor visitor) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      visitor.in().transferTo(all);
    } catch (IOException e) {
      // A reset: it was not all.
    }
    return all.toByteArray();
  }

  @Test
  void trailersThatHttp2DoesNotHaveAreLeftOut() throws Exception {
    odd(
        OK
            + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nConnection: close\r\n"
            + "Transfer-Encoding: chunked\r\nStatus: 0\r\n\r\n");
    try (Http2Client visitor = Http2Client.connect(server.httpPort())) {
      Http2Client.Answer answer =
          visitor.open(visitor.head("GET", "one.pgrok.test", "/odd"), true).answer();
      assertThat(answer.body()).isEqualTo("x");
      assertThat(answer.trailers().names()).asString().isEqualTo("[status]");
    }
  }

  @Test
  void hintsWithoutEndAreNoAnswer() throws Exception {
    String hint = "HTTP/1.1 103 Early Hints\r\nLink: " + "x".repeat(1000) + "\r\n\r\n";
    CountDownLatch ended = new CountDownLatch(2);
    agent.open(
        "hints",
        (socket, start) -> {
          HttpService.readHead(socket.getInputStream());
          try {
            while (true) {
              socket.getOutputStream().write(hint.getBytes(StandardCharsets.US_ASCII));
            }
          } finally {
            ended.countDown();
          }
        });
    try (Visitor visitor = Visitor.connect(server.httpPort());
        Http2Client other = Http2Client.connect(server.httpPort())) {
      assertThat(other.get("hints").status()).isEqualTo(502);
      visitor.get("hints");
      String head = visitor.receiveHead();
      for (int i = 0; head.contains(" 103 "); i++) {
        assertThat(i).isLessThan(64);
        head = visitor.receiveHead();
      }
      assertThat(head).contains(" 502 ");
      await().until(() -> ended.getCount() == 0);
    }
  }
}
