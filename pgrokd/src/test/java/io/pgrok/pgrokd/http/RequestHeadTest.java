package io.pgrok.pgrokd.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Framing;
import io.pgrok.protocol.http.Head;
import io.pgrok.protocol.http.HeadEnd;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads of requests: what is taken, and what two parties might read differently and is not. */
class RequestHeadTest {

  private static final String HOST = "Host: a.test\r\n";

  private static RequestHead parse(String head) throws BadHttpException {
    ByteBuf in = Unpooled.copiedBuffer(head, StandardCharsets.ISO_8859_1);
    int length = new HeadEnd().find(in);
    assertThat(length).isPositive();
    return RequestHead.of(Head.read(in, length, Head.Lines.STRICT));
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/1.1, /, a.test",
    "GET /a?b=c HTTP/1.1, /a?b=c, a.test",
    "OPTIONS * HTTP/1.1, *, a.test",
    "GET http://a.test HTTP/1.1, /, a.test",
    "GET http://A.test/x?y HTTP/1.1, /x?y, A.test",
    "GET https://a.test?q HTTP/1.1, /?q, a.test",
    "PROPFIND //x HTTP/1.0, //x, a.test",
  })
  void targetAndAuthorityOfEachForm(String line, String target, String authority) throws Exception {
    RequestHead head = parse(line + "\r\n" + HOST + "\r\n");
    assertThat(head.target()).isEqualTo(target);
    assertThat(head.authority()).isEqualTo(authority);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /\r\n",
        "GET  / HTTP/1.1\r\n",
        "GET / HTTP/1.1 \r\n",
        " GET / HTTP/1.1\r\n",
        "GET /\tx HTTP/1.1\r\n",
        "GET / http/1.1\r\n",
        "GET / HTTP/1.10\r\n",
        "G(T / HTTP/1.1\r\n",
        "GET a.test HTTP/1.1\r\n",
        "GET * HTTP/1.1\r\n",
        "GET ftp://a.test/ HTTP/1.1\r\n",
        "GET http://b.test/ HTTP/1.1\r\n",
        "GET http://a.test:81/ HTTP/1.1\r\n",
        "GET http://a.test@b.test/ HTTP/1.1\r\n",
        "GET http:///x HTTP/1.1\r\n",
        "CONNECT a.test:443 HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: a.test\r\n",
        "GET / HTTP/1.1\r\nHost: b.test\r\n",
        "GET / HTTP/1.1\r\nUpgrade: h2c\r\n",
        "GET / HTTP/1.1\r\nHTTP2-Settings: AA\r\n",
        "GET / HTTP/1.1\r\nX: a\r\n b\r\n",
        "GET / HTTP/1.1\r\n folded: first\r\n",
        "GET / HTTP/1.1\r\nX : a\r\n",
        "GET / HTTP/1.1\r\n: a\r\n",
        "GET / HTTP/1.1\r\nX\r\n",
        "GET / HTTP/1.1\r\nX(y): a\r\n",
        "GET / HTTP/1.1\r\nX: a\0b\r\n",
        "GET / HTTP/1.1\r\nX: a\u007fb\r\n",
        "GET / HTTP/1.1\r\nX: a\rb\r\n",
        "GET / HTTP/1.1\r\nX: a\n",
        "GET / HTTP/1.1\nX: a\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n",
        "POST / HTTP/1.1\r\nContent-Length: +1\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 0x1\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1 1\r\n",
        "POST / HTTP/1.1\r\nContent-Length:\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n",
      })
  void ambiguousAndMalformedHeadsAreRefused(String head) {
    BadHttpException refused =
        catchThrowableOfType(BadHttpException.class, () -> parse(head + HOST + "\r\n"));
    assertThat(refused).isNotNull();
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.reason()).endsWith(".").hasSizeGreaterThan(15);
  }

  @ParameterizedTest
  @CsvSource({
    "gzip, 501",
    "'gzip, chunked', 501",
    "'chunked, chunked', 501",
    "identity, 501",
    "'\u000bchunked', 400",
    "xchunked, 501",
    "'chunked;q=1', 501",
    "'', 501",
  })
  void onlyChunkedIsUnderstood(String coding, int status) {
    assertThatThrownBy(
            () -> parse("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: " + coding + "\r\n\r\n"))
        .isInstanceOfSatisfying(
            BadHttpException.class, bad -> assertThat(bad.status()).isEqualTo(status));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a test", "a/b", "a@b", "a\"b", "a,b", "[::1", "a:b", "a:999999", "<x>"})
  void aHostThatIsNoNameIsRefused(String host) {
    assertThatThrownBy(() -> parse("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
        .isInstanceOf(BadHttpException.class);
  }

  @Test
  void aHostIsNeeded() {
    assertThatThrownBy(() -> parse("GET / HTTP/1.1\r\n\r\n")).hasMessageContaining("Host");
    assertThatThrownBy(() -> parse("GET / HTTP/1.0\r\n\r\n")).hasMessageContaining("Host");
  }

  @Test
  void otherVersionsAreTold505() {
    assertThatThrownBy(() -> parse("GET / HTTP/2.0\r\n" + HOST + "\r\n"))
        .isInstanceOfSatisfying(
            BadHttpException.class, bad -> assertThat(bad.status()).isEqualTo(505));
  }

  @Test
  void framingFollowsTheHead() throws Exception {
    String post = "POST / HTTP/1.1\r\n" + HOST;
    assertThat(parse(post + "\r\n").framing()).isEqualTo(Framing.NONE);
    assertThat(parse(post + "Content-Length: 007\r\n\r\n").framing())
        .isEqualTo(new Framing.Length(7));
    assertThat(parse(post + "transfer-encoding:\tChunked \r\n\r\n").framing())
        .isEqualTo(Framing.CHUNKED);
  }

  @Test
  void onlyBodilessIdempotentRequestsMayBeRepeated() throws Exception {
    assertThat(parse("GET / HTTP/1.1\r\n" + HOST + "\r\n").isReplayable()).isTrue();
    assertThat(parse("DELETE / HTTP/1.1\r\n" + HOST + "\r\n").isReplayable()).isTrue();
    assertThat(parse("POST / HTTP/1.1\r\n" + HOST + "\r\n").isReplayable()).isFalse();
    assertThat(parse("GET / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\n\r\n").isReplayable())
        .isFalse();
  }

  @Test
  void headsAreBounded() {
    ByteBuf endless = Unpooled.copiedBuffer("X: " + "y".repeat(70_000), StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> new HeadEnd().find(endless))
        .isInstanceOfSatisfying(
            BadHttpException.class, bad -> assertThat(bad.status()).isEqualTo(431));
    assertThatThrownBy(() -> parse("GET / HTTP/1.1\r\n" + HOST + "X: 1\r\n".repeat(300) + "\r\n"))
        .isInstanceOfSatisfying(
            BadHttpException.class, bad -> assertThat(bad.status()).isEqualTo(431));
  }

  @Test
  void theEndIsFoundHoweverTheHeadIsCut() throws Exception {
    String head = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
    for (int cut = 1; cut < head.length(); cut++) {
      HeadEnd end = new HeadEnd();
      ByteBuf in = Unpooled.buffer();
      in.writeCharSequence(head.substring(0, cut), StandardCharsets.US_ASCII);
      assertThat(end.find(in)).isEqualTo(-1);
      in.writeCharSequence(head.substring(cut) + "body", StandardCharsets.US_ASCII);
      assertThat(end.find(in)).isEqualTo(head.length());
    }
  }

  @Test
  void servicesMayEndLinesInABareLf() throws Exception {
    ByteBuf in =
        Unpooled.copiedBuffer(
            "HTTP/1.0 502 Bad Gateway\nContent-Length: 3\n\nabc", StandardCharsets.US_ASCII);
    Head head = Head.read(in, new HeadEnd().find(in), Head.Lines.LENIENT);
    RequestHead request = parse("GET / HTTP/1.1\r\n" + HOST + "\r\n");
    assertThat(ResponseHead.of(head, request).framing()).isEqualTo(new Framing.Length(3));
    assertThat(in.readableBytes()).isEqualTo(3);
  }
}
