package io.pgrok.agent.inspect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoopGroup;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionRecorderTest {

  private final DefaultEventLoopGroup loops = new DefaultEventLoopGroup(1);
  private final Captures captures = new Captures(new Limits(10, 20, 60));
  private final ConnectionRecorder connection =
      new ConnectionRecorder(
          captures, new Origin("web", "http://web.test", "", "", loops.next(), _ -> {}));

  @AfterEach
  void stop() {
    loops.shutdownGracefully();
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, ISO_8859_1);
  }

  private void visitor(String text) {
    connection.fromVisitor(bytes(text));
  }

  private void service(String text) {
    connection.toVisitor(bytes(text));
  }

  private Capture.Snapshot only() {
    assertThat(captures.all()).hasSize(1);
    return captures.all().getFirst().snapshot();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000})
  void exchangesAreFoundHoweverTheBytesAreCut(int piece) {
    String requests =
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n"
            + "HEAD /b HTTP/1.1\r\nHost: h\r\n\r\n";
    String responses =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"
            + "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n";
    for (int at = 0; at < requests.length(); at += piece) {
      visitor(requests.substring(at, Math.min(at + piece, requests.length())));
    }
    for (int at = 0; at < responses.length(); at += piece) {
      service(responses.substring(at, Math.min(at + piece, responses.length())));
    }

    List<Capture> all = captures.all();
    assertThat(all.stream().map(Capture::snapshot).map(Capture.Snapshot::requestLine))
        .containsExactly("POST /a", "HEAD /b");
    assertThat(all.stream().map(Capture::snapshot).map(Capture.Snapshot::phase))
        .containsOnly(Capture.Phase.COMPLETE);
    Capture first = all.getFirst();
    assertThat(new String(Bodies.unframed(first.request(), first.requestBody()), ISO_8859_1))
        .isEqualTo("one");
    assertThat(new String(first.responseBody(), ISO_8859_1)).isEqualTo("yes");
  }

  @Test
  void theNextVisitorOfAConnectionIsToldFromTheOneBefore() {
    visitor("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(connection.goesOnFor("192.0.2.2:2")).as("without an answer").isFalse();
    service("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

    assertThat(connection.goesOnFor("192.0.2.2:2")).isTrue();
    visitor("GET /second HTTP/1.1\r\nHost: h\r\n\r\n");

    assertThat(captures.all().stream().map(Capture::snapshot))
        .extracting(Capture.Snapshot::requestLine, snapshot -> snapshot.origin().client())
        .containsExactly(tuple("GET /first", ""), tuple("GET /second", "192.0.2.2:2"));
  }

  @Test
  void nobodyFollowsOnAConnectionThatWasNotUnderstood() {
    visitor("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    service("what?\r\n\r\n");

    assertThat(connection.goesOnFor("192.0.2.2:2")).isFalse();
  }

  @Test
  void theBytesStayForOthers() {
    ByteBuf request = bytes("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    int readable = request.readableBytes();
    connection.fromVisitor(request);
    assertThat(request.readableBytes()).isEqualTo(readable);
    assertThat(request.refCnt()).isEqualTo(1);
  }

  @Test
  void aBodyThatTheCloseEndsIsComplete() {
    visitor("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    service("HTTP/1.0 200 OK\r\n\r\nuntil the end");
    assertThat(only().phase()).isEqualTo(Capture.Phase.RUNNING);
    connection.serviceFinished();
    assertThat(only().phase()).isEqualTo(Capture.Phase.COMPLETE);
  }

  @Test
  void anAnswerThatStopsHalfWayIsBroken() {
    visitor("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    service("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    connection.serviceFinished();
    assertThat(only().phase()).isEqualTo(Capture.Phase.BROKEN);
  }

  @Test
  void whatIsNoHttpIsLeftAlone() {
    visitor("\u0016\u0003\u0001 this is no HTTP\r\n\r\n");
    service("neither\r\n\r\n");
    visitor("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(captures.all()).isEmpty();
  }

  @Test
  void theMessagesOfAWebSocketAreKept() {
    visitor("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    service(
        "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\u0081\u0002hi");
    visitor("\u0081\u0082\0\0\0\0yo");

    assertThat(captures.all().getFirst().webSocketMessages())
        .extracting(entry -> new String(entry.payload(), ISO_8859_1))
        .containsExactly("hi", "yo");
    connection.broken();
    assertThat(only().phase()).isEqualTo(Capture.Phase.COMPLETE);
  }

  @Test
  void bodiesAreCutOffAndTheOldestGoWhenTheyAreTooManyBytes() {
    for (int i = 0; i < 4; i++) {
      visitor("POST /" + i + " HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\n" + "x".repeat(50));
      service("HTTP/1.1 204 No Content\r\n\r\n");
    }
    assertThat(captures.all())
        .hasSize(3)
        .allSatisfy(capture -> {
          assertThat(capture.requestBody()).hasSize(20);
          assertThat(capture.snapshot().requestBytes()).isEqualTo(50);
          assertThat(capture.snapshot().requestTruncated()).isTrue();
        });
  }
}
