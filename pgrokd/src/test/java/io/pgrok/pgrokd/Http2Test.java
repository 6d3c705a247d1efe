package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.pgrok.pgrokd.testing.Http2Client;
import io.pgrok.pgrokd.testing.Http2Client.Answer;
import io.pgrok.pgrokd.testing.Http2Client.Event;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.Leaks;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Visitors who speak HTTP/2, in front of services that speak HTTP/1.1. */
@ExtendWith(Leaks.class)
class Http2Test {

  private TestServer server;
  private TestAgent agent;
  private Http2Client visitor;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.open();
    agent = TestAgent.connect(server);
    visitor = Http2Client.connect(server.httpPort());
  }

  @AfterEach
  void stop() throws Exception {
    visitor.close();
    agent.close();
    server.close();
  }

  private static HttpService answering(String response) {
    return new HttpService((head, body, out) -> {
      out.write(response.getBytes(StandardCharsets.ISO_8859_1));
      return true;
    });
  }

  private Http2Client.Stream post(String name) throws Exception {
    return visitor.open(visitor.head("POST", name + ".pgrok.test", "/"), false);
  }

  private static String chunk(InputStream in) throws IOException {
    String size = line(in);
    byte[] data = in.readNBytes(Integer.parseInt(size, 16));
    if (data.length > 0) {
      line(in);
    }
    return new String(data, StandardCharsets.ISO_8859_1);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next;
    while ((next = in.read()) != '\n') {
      if (next < 0) {
        throw new java.io.EOFException();
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  @Test
  void everyStreamIsRoutedByItsOwnAuthority() throws Exception {
    agent.open("one", HttpService.saying("first"));
    agent.open("two", HttpService.saying("second"));
    for (int i = 0; i < 3; i++) {
      assertThat(visitor.get("one").body()).isEqualTo("first");
      assertThat(visitor.get("two").body()).isEqualTo("second");
      Answer unknown = visitor.get("three");
      assertThat(unknown.status()).isEqualTo(404);
      assertThat(unknown.body()).startsWith("Tunnel three." + TestServer.DOMAIN + " not found");
    }
    assertThat(agent.started()).as("streams to services are used again").isEqualTo(2);
  }

  @Test
  void alpnChoosesHttp2AndTheServiceLearnsTheVisitor() throws Exception {
    HttpService service = HttpService.saying("over tls");
    NewTunnel https = agent.ask(new ReqTunnel("t", "7", "https", "", "web", "", 0));
    agent.serve(https.url(), service);
    try (Http2Client tls = Http2Client.connectTls(server.httpsPort(), "web.pgrok.test")) {
      Http2Headers head = tls.head("GET", "web.pgrok.test", "/a?b=c");
      head.add("cookie", "a=1").add("cookie", "b=2").add("te", "trailers");
      head.add("x-forwarded-for", "6.6.6.6");
      assertThat(tls.open(head, true).answer().body()).isEqualTo("over tls");
    }
    String head = service.heads().getFirst();
    assertThat(head).startsWith("GET /a?b=c HTTP/1.1\r\n").doesNotContain("6.6.6.6", ":authority");
    assertThat(HttpService.header(head, "Host")).isEqualTo("web.pgrok.test");
    assertThat(HttpService.header(head, "Cookie")).isEqualTo("a=1; b=2");
    assertThat(HttpService.header(head, "TE")).isEqualTo("trailers");
    assertThat(HttpService.header(head, "X-Forwarded-Proto")).isEqualTo("https");
  }

  @Test
  void aHostThatIsNotTheConnectionsIsMisdirected() throws Exception {
    agent.ask(new ReqTunnel("t", "1", "https", "elsewhere.example.com", "", "", 0));
    try (Http2Client tls = Http2Client.connectTls(server.httpsPort(), "web.pgrok.test")) {
      assertThat(tls.get("another").status()).as("of the same certificate").isEqualTo(404);
      Http2Headers other = tls.head("GET", "elsewhere.example.com", "/");
      assertThat(tls.open(other, true).answer().status()).isEqualTo(421);
    }
    try (Http2Client named = Http2Client.connectTls(server.httpsPort(), "elsewhere.example.com")) {
      Http2Headers own = named.head("HEAD", "elsewhere.example.com", "/");
      assertThat(named.open(own, false).pause()).isNotNull();
    }
  }

  @Test
  void bodiesOfKnownLengthAndWithoutReachTheServiceFramedAsHttp1() throws Exception {
    agent.open(
        "one",
        new HttpService((head, body, out) -> {
          String length = HttpService.header(head, "Content-Length");
          StringBuilder seen = new StringBuilder();
          if (length != null) {
            seen.append("length ");
            seen.append(new String(body.readNBytes(Integer.parseInt(length))));
          } else {
            for (String part = chunk(body); !part.isEmpty(); part = chunk(body)) {
              seen.append('[').append(part).append(']');
            }
            for (String line = line(body); !line.isEmpty(); line = line(body)) {
              seen.append(line);
            }
          }
          out.write(HttpService.response(seen.toString()));
          return true;
        }));
    Http2Headers known = visitor.head("POST", "one.pgrok.test", "/").add("content-length", "5");
    assertThat(visitor.open(known, false).send("hel", false).send("lo", true).answer().body())
        .isEqualTo("length hello");
    assertThat(post("one").send("ab", false).send("c", true).answer().body()).isEqualTo("[ab][c]");
    Http2Headers trailers = new DefaultHttp2Headers().add("checksum", "1");
    assertThat(post("one").send("ab", false).trailers(trailers).answer().body())
        .isEqualTo("[ab]checksum: 1");
    assertThat(agent.started()).isEqualTo(1);
  }

  @Test
  void chunkedAnswersAreUnframedAndTheirTrailersPassedOn() throws Exception {
    agent.open(
        "grpc",
        answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: grpc-status\r\n"
                + "Content-Type: application/grpc\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n"
                + "2;x=y\r\nab\r\n1\r\nc\r\n0\r\nGrpc-Status: 0\r\ngrpc-message: ok\r\n\r\n"));
    Answer answer = visitor.get("grpc");
    assertThat(answer.body()).isEqualTo("abc");
    assertThat(answer.header("content-type")).isEqualTo("application/grpc");
    assertThat(answer.headers().contains("x-hop")).isFalse();
    assertThat(answer.headers().contains("transfer-encoding")).isFalse();
    assertThat(answer.trailers().get("grpc-status")).hasToString("0");
    assertThat(answer.trailers().get("grpc-message")).hasToString("ok");
  }

  @Test
  void bothSidesStreamAtOnce() throws Exception {
    agent.open(
        "chat",
        new HttpService((head, body, out) -> {
          out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes());
          out.flush();
          for (String part = chunk(body); !part.isEmpty(); part = chunk(body)) {
            out.write("%x\r\n%s\r\n".formatted(part.length() + 1, part + "!").getBytes());
            out.flush();
          }
          line(body);
          out.write("0\r\nstatus: done\r\n\r\n".getBytes());
          return true;
        }));
    Http2Client.Stream stream = post("chat");
    assertThat(stream.next()).isInstanceOf(Event.Head.class);
    for (String word : List.of("one", "two", "three")) {
      stream.send(word, false);
      assertThat(stream.next()).isEqualTo(new Event.Data(word + "!", false));
    }
    stream.send("", true);
    Event.Head trailers = (Event.Head) stream.next();
    assertThat(trailers.headers().get("status")).hasToString("done");
    assertThat(trailers.last()).isTrue();
  }

  @Test
  void anAnswerBeforeTheRequestsEndEndsTheStream() throws Exception {
    agent.open("one", answering("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"));
    Http2Client.Stream stream = post("one").send("begin", false);
    assertThat(stream.answer().status()).isEqualTo(413);
    assertThat(stream.next()).isEqualTo(new Event.Reset(Http2Error.NO_ERROR.code()));
    assertThat(visitor.get("nobody").status()).isEqualTo(404);
  }

  @Test
  void answersWithoutABodyEndWithTheirHead() throws Exception {
    agent.open("head", answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
    agent.open("empty", answering("HTTP/1.1 204 No Content\r\n\r\n"));
    agent.open(
        "hint", answering("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 304 A\r\n\r\n"));
    Http2Headers head = visitor.head("HEAD", "head.pgrok.test", "/");
    assertThat(visitor.open(head, true).answer().header("content-length")).isEqualTo("100");
    assertThat(visitor.get("empty").status()).isEqualTo(204);
    Http2Client.Stream hinted = visitor.open(visitor.head("GET", "hint.pgrok.test", "/"), true);
    assertThat(((Event.Head) hinted.next()).headers().status()).hasToString("103");
    assertThat(hinted.answer().status()).isEqualTo(304);
    Http2Headers nobody = visitor.head("HEAD", "nobody.pgrok.test", "/");
    Answer unknown = visitor.open(nobody, true).answer();
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.body()).isEmpty();
  }

  @Test
  void thePasswordIsAskedForOnEveryStream() throws Exception {
    HttpService service = HttpService.saying("secret");
    agent.open(new ReqTunnel("t", "1", "http", "", "locked", "user:pass", 0), service);
    assertThat(visitor.get("locked").header("www-authenticate")).startsWith("Basic");
    Http2Headers right = visitor.head("GET", "locked.pgrok.test", "/");
    right.add("authorization", "Basic dXNlcjpwYXNz");
    assertThat(visitor.open(right, true).answer().body()).isEqualTo("secret");
    assertThat(visitor.get("locked").status()).isEqualTo(401);
    assertThat(service.heads()).hasSize(1);
  }

  @Test
  void aServiceThatBreaksOffResetsItsStreamAndNoOther() throws Exception {
    agent.open("one", HttpService.saying("fine"));
    for (String framing : List.of("Content-Length: 10", "Transfer-Encoding: chunked", "A: b")) {
      TestAgent doomed = TestAgent.connect(server);
      doomed.open(
          "doomed",
          (socket, start) -> {
            HttpService.readHead(socket.getInputStream());
            String answer = "HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n2\r\nab";
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            new CountDownLatch(1).await();
          });
      Http2Client.Stream stream = visitor.open(visitor.head("GET", "doomed.pgrok.test", "/"), true);
      assertThat(stream.next()).isInstanceOf(Event.Head.class);
      assertThat(stream.next()).isInstanceOf(Event.Data.class);
      doomed.kill();
      Event end = stream.next();
      while (end instanceof Event.Data) {
        end = stream.next();
      }
      assertThat(end).isEqualTo(new Event.Reset(Http2Error.INTERNAL_ERROR.code()));
      assertThat(visitor.get("one").body()).isEqualTo("fine");
      await().until(() -> visitor.get("doomed").status() == 404);
    }
  }

  @Test
  void aVisitorThatTakesItsRequestBackEndsTheServicesConnection() throws Exception {
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
    Http2Client.Stream stream = post("one").send("part", false);
    await().until(() -> agent.started() == 1);
    stream.reset();
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(visitor.get("nobody").status()).isEqualTo(404);
  }

  @Test
  void aSlowReaderStopsItsServiceAndNoOther() throws Exception {
    AtomicLong written = new AtomicLong();
    agent.open(
        "flood",
        (socket, start) -> {
          HttpService.readHead(socket.getInputStream());
          socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes());
          byte[] block = new byte[16 * 1024];
          while (true) {
            socket.getOutputStream().write(block);
            written.addAndGet(block.length);
          }
        });
    agent.open("one", HttpService.saying("fine"));
    Http2Client.Stream slow =
        visitor.open(visitor.head("GET", "flood.pgrok.test", "/"), true).pause();
    await().during(java.time.Duration.ofMillis(500)).until(written::get, Unchanged.since(written));
    assertThat(visitor.get("one").body()).isEqualTo("fine");
    slow.reset();
    slow.resume();
  }

  /** True once a number has not grown from one look to the next. */
  private record Unchanged() {
    static org.hamcrest.Matcher<Long> since(AtomicLong number) {
      AtomicLong last = new AtomicLong(-1);
      return new org.hamcrest.BaseMatcher<>() {
        @Override
        public boolean matches(Object now) {
          return last.getAndSet((Long) now) == (Long) now && number.get() > 0;
        }

        @Override
        public void describeTo(org.hamcrest.Description description) {
          description.appendText("a number that does not grow");
        }
      };
    }
  }

  @Test
  void anUploadIsTakenNoFasterThanItsServiceTakesIt() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    agent.open(
        "slow",
        new HttpService((head, body, out) -> {
          go.await();
          long total = 0;
          for (String part = chunk(body); !part.isEmpty(); part = chunk(body)) {
            total += part.length();
          }
          line(body);
          out.write(HttpService.response("" + total));
          return true;
        }));
    Http2Client.Stream stream = post("slow");
    String block = "x".repeat(64 * 1024);
    List<io.netty.util.concurrent.Future<?>> sent = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      sent.add(
          stream
              .channel()
              .writeAndFlush(
                  new io.netty.handler.codec.http2.DefaultHttp2DataFrame(
                      io.netty.buffer.Unpooled.copiedBuffer(block, StandardCharsets.US_ASCII),
                      i == 199)));
    }
    await().until(() -> sent.getFirst().isDone());
    assertThat(sent.getLast().isDone()).as("12 MB wait at the visitor").isFalse();
    go.countDown();
    assertThat(stream.answer().body()).isEqualTo("" + 200 * 64 * 1024);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b|/|one.pgrok.test||",
        "GET|/ HTTP/1.1\r\nX: y|one.pgrok.test||",
        "GET|/a b|one.pgrok.test||",
        "GET|http://one.pgrok.test/|one.pgrok.test||",
        "GET||one.pgrok.test||",
        "GET|/|one.pgrok.test\r\nX: y||",
        "GET|/|user@one.pgrok.test||",
        "GET|/|one.pgrok.test|x|a\r\nb: c",
        "GET|/|one.pgrok.test|x|a\nb",
        "GET|/|one.pgrok.test|x|a\0b",
        "GET|/|one.pgrok.test|x y|a",
        "GET|/|one.pgrok.test|x: y|a",
        "GET|/|one.pgrok.test|host|two.pgrok.test",
        "GET|/|one.pgrok.test|content-length|1",
        "GET|/|one.pgrok.test|content-length|x",
        "GET|/|one.pgrok.test|content_length|1",
        "GET|/|one.pgrok.test|transfer-encoding|chunked",
        "GET|/|one.pgrok.test|transfer_encoding|chunked",
        "GET|/|one.pgrok.test|connection|close",
        "GET|/|one.pgrok.test|keep-alive|5",
        "GET|/|one.pgrok.test|proxy-connection|close",
        "GET|/|one.pgrok.test|upgrade|h2c",
        "GET|/|one.pgrok.test|upgrade|websocket",
        "GET|/|one.pgrok.test|http2-settings|AAMAAABkAAQAAP__",
        "GET|/|one.pgrok.test|te|gzip",
        "GET|/|one.pgrok.test|Upper|case",
        "GET|/|one.pgrok.test|x\r\ny|a",
        "GET|/|one.pgrok.test||empty",
        "GET|/|one.pgrok.test|:path|/other",
        "GET|/|one.pgrok.test|:authority|two.pgrok.test",
        "GET|/|one.pgrok.test|:scheme|https",
        "GET|/|one.pgrok.test|:method|POST",
        "GET|/|one.pgrok.test|:status|200",
        "GET|/|one.pgrok.test|:unknown|x",
        "GET|/|one.pgrok.test|:protocol|websocket",
        "GET|*|one.pgrok.test||",
        "GET|?x|one.pgrok.test||",
        "GET|@two.pgrok.test/|one.pgrok.test||",
        "GET|/\t|one.pgrok.test||",
        "GET|/|one.pgrok.test:80:90||",
        "GET|/|one.pgrok.test, two.pgrok.test||",
        "GET|/||host|",
        "CONNECT|/|one.pgrok.test||",
      })
  void whatHttp1WouldReadDifferentlyDoesNotReachTheService(String request) throws Exception {
    HttpService service = HttpService.saying("x");
    agent.open("one", service);
    String[] part = request.split("\\|", -1);
    Http2Headers head = visitor.head(part[0], part[2], part[1]);
    if (!part[3].isEmpty() || !part[4].isEmpty()) {
      head.add(part[3], part[4]);
    }
    isRefused(visitor.open(head, true));
    assertThat(service.heads()).isEmpty();
  }

  private static void isRefused(Http2Client.Stream stream) throws Exception {
    switch (stream.next()) {
      case Event.Head answer -> assertThat(answer.headers().status().toString()).startsWith("4");
      case Event.Reset reset ->
          assertThat(reset.code()).isEqualTo(Http2Error.PROTOCOL_ERROR.code());
      case Event.Gone _ -> {}
      case Event.Data data -> throw new AssertionError(data);
    }
  }

  /** HTTP/1 has one length and then the next request; the frames say something else. */
  @ParameterizedTest
  @ValueSource(strings = {"5|abc", "2|abc", "0|abc", "3, 4|abc", "+3|abc", "-1|abc"})
  void aBodyIsAsLongAsItsHeadSays(String request) throws Exception {
    HttpService service =
        new HttpService((head, body, out) -> {
          body.readAllBytes(); // never the whole that was announced, and nothing behind it
          return false;
        });
    agent.open("one", service);
    String[] part = request.split("\\|");
    Http2Headers head = visitor.head("POST", "one.pgrok.test", "/").add("content-length", part[0]);
    Http2Client.Stream stream = visitor.open(head, false);
    try {
      stream.send(part[1], true);
    } catch (ClosedChannelException e) {
      // The head was enough.
    }
    isRefused(stream);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content-length|50",
        "transfer-encoding|chunked",
        "host|two.pgrok.test",
        "connection|close",
        "authorization|Basic dXNlcjpwYXNz",
        "x-forwarded-for|6.6.6.6",
        "x_forwarded_for|6.6.6.6",
        ":path|/other",
        "x y|a",
        "x|a\r\nb: c",
      })
  void whatBelongsInAHeadDoesNotComeBehindTheBody(String trailer) throws Exception {
    BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    agent.open(
        "one",
        new HttpService((head, body, out) -> {
          ByteArrayOutputStream got = new ByteArrayOutputStream();
          try {
            body.transferTo(got);
          } finally {
            bodies.add(got.toString(StandardCharsets.ISO_8859_1));
          }
          return false;
        }));
    String[] part = trailer.split("\\|");
    Http2Client.Stream stream = post("one").send("abc", false);
    await().until(() -> agent.started() == 1);
    isRefused(stream.trailers(new DefaultHttp2Headers(false).add(part[0], part[1])));
    assertThat(bodies.poll(20, TimeUnit.SECONDS)).isIn("", "3\r\nabc\r\n");
  }

  @Test
  void resettingStreamAfterStreamEndsTheConnection() throws Exception {
    agent.open("one", TestAgent.SILENT);
    try {
      for (int i = 0; i < 1000; i++) {
        visitor.open(visitor.head("GET", "one.pgrok.test", "/"), true).reset();
      }
    } catch (Exception e) {
      // Once the server has said goodbye.
    }
    // Bytes that it had not read make a reset of the goodbye now and then.
    assertThat(visitor.said()).isIn("goaway " + Http2Error.ENHANCE_YOUR_CALM.code(), "closed");
    try (Http2Client next = Http2Client.connect(server.httpPort())) {
      assertThat(next.get("nobody").status()).isEqualTo(404);
    }
  }

  @Test
  void manyStreamsGoOnAtOnce() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    agent.open(
        "one",
        new HttpService((head, body, out) -> {
          go.await();
          out.write(HttpService.response("x"));
          return true;
        }));
    List<Http2Client.Stream> streams = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      streams.add(visitor.open(visitor.head("GET", "one.pgrok.test", "/"), true));
    }
    await().until(() -> agent.started() == 30);
    go.countDown();
    for (Http2Client.Stream stream : streams) {
      assertThat(stream.answer().body()).isEqualTo("x");
    }
  }

  @Test
  void aSlowBodyIsToldAndAnIdleConnectionEnds() throws Exception {
    try (TestServer hasty =
        TestServer.open("requestBody", 300, "keepAlive", 400, "requestHead", 400, "drain", 100)) {
      TestAgent quick = TestAgent.connect(hasty);
      quick.open("one", TestAgent.SILENT);
      try (Http2Client slow = Http2Client.connect(hasty.httpPort())) {
        Http2Client.Stream stream =
            slow.open(slow.head("POST", "one.pgrok.test", "/"), false).send("a", false);
        assertThat(stream.answer().status()).isEqualTo(408);
        assertThat(slow.said()).startsWith("goaway 0");
        assertThat(slow.said()).isEqualTo("closed");
      }
      try (Visitor mute = Visitor.connect(hasty.httpPort())) {
        mute.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        mute.in().readAllBytes();
        assertThat(mute.isClosed()).isTrue();
      }
      quick.close();
    }
  }

  @Test
  void aServerThatStopsSaysGoodbyeAndFinishesWhatItIsIn() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (TestServer leaving = TestServer.open("drain", 20_000)) {
      TestAgent patient = TestAgent.connect(leaving);
      patient.open(
          "one",
          new HttpService((head, body, out) -> {
            go.await();
            out.write(HttpService.response("finished"));
            return true;
          }));
      try (Http2Client guest = Http2Client.connect(leaving.httpPort())) {
        Http2Client.Stream stream = guest.open(guest.head("GET", "one.pgrok.test", "/"), true);
        await().until(() -> patient.started() == 1);
        Thread stopping = Thread.ofVirtual().start(leaving::close);
        assertThat(guest.said()).startsWith("goaway 0");
        go.countDown();
        assertThat(stream.answer().body()).isEqualTo("finished");
        stopping.join();
      }
      patient.close();
    }
  }
}
