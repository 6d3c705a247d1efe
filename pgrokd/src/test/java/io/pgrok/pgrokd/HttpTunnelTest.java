package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.pgrokd.testing.Visitor.Response;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests and answers through a whole server. */
@ExtendWith(Leaks.class)
class HttpTunnelTest {

  private TestServer server;
  private TestAgent agent;
  private Visitor visitor;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.open();
    agent = TestAgent.connect(server);
    visitor = Visitor.connect(server.httpPort());
  }

  @AfterEach
  void stop() throws Exception {
    visitor.close();
    agent.close();
    server.close();
  }

  @Test
  void everyRequestOfAConnectionIsRoutedByItsOwnHost() throws Exception {
    agent.open("one", HttpService.saying("first"));
    agent.open("two", HttpService.saying("second"));
    for (int i = 0; i < 3; i++) {
      assertThat(visitor.get("one").receive().body()).isEqualTo("first");
      assertThat(visitor.get("two").receive().body()).isEqualTo("second");
      assertThat(visitor.get("three").receive().status()).isEqualTo(404);
    }
  }

  @Test
  void requestsToOneTunnelShareAProxyConnection() throws Exception {
    agent.open("one", HttpService.saying("x"));
    for (int i = 0; i < 5; i++) {
      assertThat(visitor.get("one").receive().body()).isEqualTo("x");
    }
    assertThat(agent.started()).isEqualTo(1);
  }

  @Test
  void thePasswordIsAskedForOnEveryRequest() throws Exception {
    agent.open("open", HttpService.saying("public"));
    HttpService service = HttpService.saying("secret");
    agent.open(new ReqTunnel("t", "1", "http", "", "locked", "user:pass", 0), service);
    Response refused = visitor.get("locked").receive();
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.header("WWW-Authenticate")).startsWith("Basic realm=");
    String right = "Authorization: Basic dXNlcjpwYXNz";
    assertThat(visitor.get("locked", right).receive().body()).isEqualTo("secret");
    assertThat(visitor.get("open").receive().body()).isEqualTo("public");
    assertThat(visitor.get("locked").receive().status()).isEqualTo(401);
    assertThat(visitor.get("locked", "Authorization: Basic dXNlcjpwYXN6").receive().status())
        .isEqualTo(401);
    assertThat(service.heads()).hasSize(1);
  }

  @Test
  void theServiceLearnsTheVisitorAndNotWhatTheVisitorClaims() throws Exception {
    HttpService service = HttpService.saying("x");
    agent.open("one", service);
    visitor
        .get(
            "one",
            "X-Forwarded-For: 6.6.6.6",
            "X-Forwarded-Proto: https",
            "X_Forwarded_Host: evil",
            "Forwarded: for=6.6.6.6",
            "X-Real-IP: 6.6.6.6",
            "Connection: keep-alive, X-Private, X-Forwarded-For",
            "X-Private: 1",
            "Keep-Alive: timeout=5",
            "X-Kept: 1")
        .receive();
    String head = service.heads().getFirst();
    assertThat(head).doesNotContain("6.6.6.6", "evil", "X-Private", "Keep-Alive");
    assertThat(HttpService.header(head, "X-Forwarded-For")).isEqualTo("127.0.0.1");
    assertThat(HttpService.header(head, "X-Forwarded-Proto")).isEqualTo("http");
    assertThat(HttpService.header(head, "X-Forwarded-Host")).isEqualTo("one." + TestServer.DOMAIN);
    assertThat(HttpService.header(head, "Forwarded"))
        .isEqualTo("for=127.0.0.1;host=\"one." + TestServer.DOMAIN + "\";proto=http");
    assertThat(HttpService.header(head, "X-Kept")).isEqualTo("1");
  }

  @Test
  void httpsIsServedUnderTheSameName() throws Exception {
    HttpService service = HttpService.saying("over tls");
    NewTunnel http = agent.ask(new ReqTunnel("t", "7", "http+https", "", "both", "", 0));
    NewTunnel https = agent.answer();
    assertThat(http.url()).isEqualTo(server.url("http", "both"));
    assertThat(https.url()).isEqualTo(server.url("https", "both"));
    assertThat(https.reqId()).isEqualTo("7");
    agent.serve(https.url(), service);
    try (Visitor tls = Visitor.connectTls(server.httpsPort())) {
      assertThat(tls.get("both").receive().body()).isEqualTo("over tls");
      assertThat(tls.get("both").receive().body()).isEqualTo("over tls");
    }
    assertThat(HttpService.header(service.heads().getFirst(), "X-Forwarded-Proto"))
        .isEqualTo("https");
  }

  @Test
  void unknownHostsAreAnsweredInTheFormThatTheVisitorReads() throws Exception {
    Response text = visitor.get("nobody").receive();
    assertThat(text.body()).startsWith("Tunnel nobody." + TestServer.DOMAIN + " not found");
    Response html = visitor.get("nobody", "Accept: text/html,*/*").receive();
    assertThat(html.header("Content-Type")).startsWith("text/html");
    assertThat(html.body()).contains("<p>Tunnel nobody." + TestServer.DOMAIN + " not found</p>");
    Response json = visitor.get("nobody", "Accept: application/json").receive();
    assertThat(json.body()).contains("\"error\":\"Tunnel nobody." + TestServer.DOMAIN);
    assertThat(json.status()).isEqualTo(404);
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    agent.open("one", echoingPath());
    agent.open("two", echoingPath());
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      String name = i % 3 == 0 ? "two" : "one";
      requests.append("GET /%d HTTP/1.1\r\nHost: %s.pgrok.test\r\n\r\n".formatted(i, name));
    }
    visitor.send(requests.toString());
    for (int i = 0; i < 20; i++) {
      assertThat(visitor.receive().body()).isEqualTo("/" + i);
    }
  }

  private static HttpService echoingPath() {
    return new HttpService((head, body, out) -> {
      out.write(HttpService.response(head.split(" ")[1]));
      return true;
    });
  }

  @Test
  void bodiesOfKnownLengthAndInChunksReachTheServiceUntouched() throws Exception {
    agent.open(
        "one",
        new HttpService((head, body, out) -> {
          String length = HttpService.header(head, "Content-Length");
          String seen =
              length == null
                  ? new String(body.readNBytes(36), StandardCharsets.US_ASCII)
                  : new String(
                      body.readNBytes(Integer.parseInt(length)), StandardCharsets.US_ASCII);
          out.write(HttpService.response(seen));
          return true;
        }));
    String post = "POST / HTTP/1.1\r\nHost: one.pgrok.test\r\n";
    visitor.send(post + "Content-Length: 5\r\n\r\nhello");
    assertThat(visitor.receive().body()).isEqualTo("hello");
    String chunks = "5;x=y\r\nhello\r\n006\r\n world\r\n0\r\nT: 1\r\n\r\n";
    assertThat(chunks).hasSize(36 + 2);
    visitor.send(post + "Transfer-Encoding: chunked\r\n\r\n");
    for (char c : chunks.toCharArray()) {
      visitor.send(String.valueOf(c));
    }
    assertThat(visitor.receive().body()).isEqualTo(chunks.substring(0, 36));
  }

  @Test
  void chunkedAnswersAndTrailersArePassedOn() throws Exception {
    agent.open(
        "one",
        answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nT: 1\r\n\r\n"));
    assertThat(visitor.get("one").receive().body()).isEqualTo("ab");
    assertThat(visitor.get("one").receive().body()).isEqualTo("ab");
    assertThat(agent.started()).isEqualTo(1);
  }

  private static HttpService answering(String response) {
    return new HttpService((head, body, out) -> {
      out.write(response.getBytes(StandardCharsets.ISO_8859_1));
      return true;
    });
  }

  @Test
  void answersWithoutABodyEndWithTheirHead() throws Exception {
    agent.open("head", answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
    agent.open("empty", answering("HTTP/1.1 204 No Content\r\n\r\n"));
    agent.open("same", answering("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"));
    visitor.send("HEAD / HTTP/1.1\r\nHost: head.pgrok.test\r\n\r\n");
    assertThat(visitor.receiveHead()).contains("Content-Length: 100");
    visitor.get("empty");
    assertThat(visitor.receiveHead()).contains(" 204 ");
    visitor.get("same");
    assertThat(visitor.receiveHead()).contains(" 304 ");
    visitor.send("HEAD / HTTP/1.1\r\nHost: nobody.pgrok.test\r\n\r\n");
    assertThat(visitor.receiveHead()).contains(" 404 ");
    visitor.get("empty");
    assertThat(visitor.receiveHead()).contains(" 204 ");
  }

  @Test
  void aBodyThatWaitsForA100IsSentAfterIt() throws Exception {
    agent.open(
        "one",
        new HttpService((head, body, out) -> {
          out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          byte[] sent = body.readNBytes(4);
          out.write(HttpService.response(new String(sent, StandardCharsets.US_ASCII)));
          return true;
        }));
    visitor.send(
        "PUT / HTTP/1.1\r\nHost: one.pgrok.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    assertThat(visitor.receiveHead()).startsWith("HTTP/1.1 100 ");
    visitor.send("body");
    assertThat(visitor.receive().body()).isEqualTo("body");
  }

  @Test
  void anAnswerThatItsConnectionEndsIsDeliveredWholeAndClosed() throws Exception {
    agent.open(
        "one",
        new HttpService((head, body, out) -> {
          out.write("HTTP/1.0 200 OK\n\nuntil the end".getBytes(StandardCharsets.US_ASCII));
          return false;
        }));
    Response response = visitor.get("one").receive();
    assertThat(response.body()).isEqualTo("until the end");
    assertThat(response.header("Connection")).isEqualTo("close");
  }

  @Test
  void http10VisitorsKeepTheirConnectionOnlyWhenTheyAsk() throws Exception {
    agent.open("one", HttpService.saying("x"));
    visitor.send("GET / HTTP/1.0\r\nHost: one.pgrok.test\r\nConnection: keep-alive\r\n\r\n");
    assertThat(visitor.receive().header("Connection")).isEqualTo("keep-alive");
    visitor.send("GET / HTTP/1.0\r\nHost: one.pgrok.test\r\n\r\n");
    assertThat(visitor.receive().body()).isEqualTo("x");
    assertThat(visitor.isClosed()).isTrue();
  }

  @Test
  void anUpgradeIsARawRelayAfterThe101() throws Exception {
    agent.open("ws", upgradingTo("websocket"));
    visitor.get("ws", "Connection: Upgrade", "Upgrade: websocket").send("early");
    assertThat(visitor.receiveHead()).contains("101", "Upgrade: websocket");
    assertThat(visitor.in().readNBytes(7)).asString().isEqualTo("welcome");
    assertThat(visitor.in().readNBytes(5)).asString().isEqualTo("early");
    visitor.send("GET / HTTP/1.1\r\n\r\n\0");
    assertThat(visitor.in().readNBytes(19)).asString().isEqualTo("GET / HTTP/1.1\r\n\r\n\0");
  }

  private static HttpService upgradingTo(String protocol) {
    return new HttpService((head, body, out) -> {
      out.write(
          ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                  + protocol
                  + "\r\n\r\nwelcome")
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      int next;
      while ((next = body.read()) >= 0) {
        out.write(next);
        out.flush();
      }
      return false;
    });
  }

  @Test
  void aSwitchThatNobodyAskedForIsABadGateway() throws Exception {
    agent.open("ws", upgradingTo("other"));
    assertThat(visitor.get("ws").receive().status()).isEqualTo(502);
    assertThat(visitor.get("ws", "Connection: Upgrade", "Upgrade: websocket").receive().status())
        .isEqualTo(502);
  }

  @Test
  void aRefusedUpgradeLeavesAnOrdinaryConnection() throws Exception {
    agent.open("ws", HttpService.saying("no"));
    assertThat(visitor.get("ws", "Connection: Upgrade", "Upgrade: websocket").receive().body())
        .isEqualTo("no");
    assertThat(visitor.get("ws").receive().body()).isEqualTo("no");
  }

  @Test
  void aRequestOnAStreamThatTheServiceClosedMeanwhileIsSentAgain() throws Exception {
    // The service closes as soon as the second request of a connection arrives.
    agent.open(
        "one",
        (socket, start) -> {
          HttpService.readHead(socket.getInputStream());
          socket.getOutputStream().write(HttpService.response("x"));
          HttpService.readHead(socket.getInputStream());
        });
    for (int i = 0; i < 4; i++) {
      assertThat(visitor.get("one").receive().body()).isEqualTo("x");
    }
    assertThat(agent.started()).isEqualTo(4);
  }

  @Test
  void aPostIsNotSentTwice() throws Exception {
    agent.open(
        "one",
        (socket, start) -> {
          HttpService.readHead(socket.getInputStream());
          socket.getOutputStream().write(HttpService.response("x"));
          HttpService.readHead(socket.getInputStream());
        });
    assertThat(visitor.get("one").receive().body()).isEqualTo("x");
    visitor.send("POST / HTTP/1.1\r\nHost: one.pgrok.test\r\nContent-Length: 1\r\n\r\na");
    assertThat(visitor.receive().status()).isEqualTo(502);
  }

  @Test
  void aServiceThatClosesWithoutAnAnswerIsABadGateway() throws Exception {
    agent.open("one", (socket, start) -> HttpService.readHead(socket.getInputStream()));
    Response response = visitor.get("one").receive();
    assertThat(response.status()).isEqualTo(502);
    assertThat(response.body()).contains("without an answer");
    assertThat(agent.started()).isEqualTo(1);
    agent.open("ssh", answering("SSH-2.0-x\r\n\r\n"));
    assertThat(visitor.get("ssh").receive().body()).contains("did not answer in HTTP");
  }

  @Test
  void anAgentThatIsKilledMidAnswerLeavesNoAnswerThatLooksWhole() throws Exception {
    for (String framing :
        new String[] {"Content-Length: 10", "Transfer-Encoding: chunked", "A: b"}) {
      TestAgent doomed = TestAgent.connect(server);
      doomed.open(
          "doomed",
          (socket, start) -> {
            HttpService.readHead(socket.getInputStream());
            socket
                .getOutputStream()
                .write(
                    ("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n5\r\nab")
                        .getBytes(StandardCharsets.US_ASCII));
            new CountDownLatch(1).await();
          });
      try (Visitor witness = Visitor.connect(server.httpPort())) {
        witness.get("doomed").receiveHead();
        assertThat(witness.in().readNBytes(5)).asString().isEqualTo("5\r\nab");
        doomed.kill();
        assertThatThrownBy(() -> witness.in().read()).isInstanceOf(IOException.class);
      }
      try (Visitor next = Visitor.connect(server.httpPort())) {
        await().until(() -> next.get("doomed").receive().status() == 404);
      }
    }
  }

  @Test
  void aVisitorThatLeavesMidUploadEndsTheServicesConnection() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    agent.open(
        "one",
        (socket, start) -> {
          try {
            socket.getInputStream().readAllBytes();
          } finally {
            ended.countDown();
          }
        });
    visitor.send("POST / HTTP/1.1\r\nHost: one.pgrok.test\r\nContent-Length: 100\r\n\r\nabc");
    await().until(() -> agent.started() == 1);
    visitor.close();
    await().until(() -> ended.getCount() == 0);
  }

  @Test
  void anEarlyAnswerReachesAVisitorThatIsStillUploading() throws Exception {
    agent.open("one", answering("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"));
    visitor.send("POST / HTTP/1.1\r\nHost: one.pgrok.test\r\nContent-Length: 100000000\r\n\r\n");
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              visitor.send(new byte[64 * 1024]);
            }
          } catch (IOException e) {
            // The server has closed.
          }
        });
    Visitor.Response answer = visitor.receive();
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.header("Connection")).isEqualTo("close");
  }

  @Test
  void aRefusalOfABodyThatWaitsForA100SaysThatTheConnectionEnds() throws Exception {
    agent.open("one", answering("HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno"));
    visitor.send(
        "POST / HTTP/1.1\r\nHost: one.pgrok.test\r\nExpect: 100-continue\r\n"
            + "Content-Length: 5\r\n\r\n");
    assertThat(visitor.receive().header("Connection")).isEqualTo("close");
    assertThat(visitor.isClosed()).isTrue();
  }

  @Test
  void anAgentThatDialsNothingIsAGatewayTimeout() throws Exception {
    try (TestServer hasty = TestServer.open("proxyWait", 300, "drain", 100)) {
      TestAgent lazy = TestAgent.lazy(hasty, TestAgent.auth("", ""));
      lazy.open("lazy", TestAgent.SILENT);
      try (Visitor waiting = Visitor.connect(hasty.httpPort())) {
        Response response = waiting.get("lazy", "Accept: text/html").receive();
        assertThat(response.status()).isEqualTo(504);
        assertThat(response.body()).contains("did not answer in time");
      }
      lazy.close();
    }
  }
}
