package io.pgrok.agent.inspect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Framing;
import io.pgrok.protocol.http.Head;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireHeadTest {

  private static WireHead head(String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    return WireHead.read(Unpooled.wrappedBuffer(bytes), bytes.length);
  }

  private static WireHead with(String fields) {
    return head("GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Content-Length: 5\r\n",
        "content-length:5\n",
        "CONTENT-LENGTH: \t 0005 \t\r\n",
        "Content-Length: 0\r\nX: y\r\n",
        "X-Content-Length: 5\r\nContent-Lengthy: 6\r\n",
        "Transfer-Encoding: chunked\r\n",
        "transfer-encoding: Chunked\r\nAccept: a\r\n",
      })
  void whereABodyEndsIsWhatTheWholeHeadSays(String fields) throws BadHttpException {
    WireHead head = with(fields);
    assertThat(head.framing()).isEqualTo(Framing.of(head.head()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Content-Length: five\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length:\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 9999999999999999999\r\n",
        "X: \0\r\n",
      })
  void whatSaysTwoThingsIsNotFollowed(String fields) {
    assertThatThrownBy(with(fields)::framing).isInstanceOf(BadHttpException.class);
  }

  @Test
  void aStatusIsThreeDigits() throws BadHttpException {
    assertThat(head("HTTP/1.1 200 OK\r\n\r\n").status()).isEqualTo(200);
    assertThat(head("HTTP/1.0 404\r\n\r\n").status()).isEqualTo(404);
    for (String line :
        new String[] {"HTTP/2 200", "HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/1.1  99"}) {
      assertThatThrownBy(head(line + "\r\n\r\n")::status).isInstanceOf(BadHttpException.class);
    }
  }

  @Test
  void fieldsAreReadWhenSomebodyLooks() {
    Head head = with("Cookie: a\r\nX: ü\r\n").head();
    assertThat(head.fields())
        .extracting(Head.Field::lowerName)
        .containsExactly("host", "cookie", "x");
    assertThat(head("HEAD / HTTP/1.1\r\n\r\n").isHeadRequest()).isTrue();
    assertThat(head("HEADER / HTTP/1.1\r\n\r\n").isHeadRequest()).isFalse();
  }

  @Test
  void ofOneThatIsNotInOrderTheFirstLineIsShown() {
    Head head = with("no colon\r\n").head();
    assertThat(head.startLine()).isEqualTo("GET / HTTP/1.1");
    assertThat(head.fields()).isEmpty();
  }
}
