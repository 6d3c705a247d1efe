package io.pgrok.agent.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests in the pieces in which a link delivers them. */
class RequestDecoderTest {

  private final RequestDecoder decoder = new RequestDecoder();

  @AfterEach
  void close() {
    decoder.close();
  }

  private void feed(String text) {
    decoder.feed(Unpooled.copiedBuffer(text, US_ASCII));
  }

  @Test
  void piecesThatCameBeforeTheFirstWasAskedForAreAllThere() {
    feed("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n");
    feed("one");
    feed("two");
    feed("end");
    feed("GET /next HTTP/1.1\r\n\r\n");

    assertThat(decoder.next()).isInstanceOf(HttpRequest.class);
    assertThat(text(decoder.next())).isEqualTo("one");
    assertThat(text(decoder.next())).isEqualTo("two");
    assertThat(decoder.next())
        .isInstanceOfSatisfying(
            LastHttpContent.class, end -> assertThat(text(end)).isEqualTo("end"));
    assertThat(decoder.next())
        .isInstanceOfSatisfying(
            HttpRequest.class, next -> assertThat(next.uri()).isEqualTo("/next"));
    assertThat(decoder.next()).isInstanceOf(LastHttpContent.class);
    assertThat(decoder.next()).isNull();
  }

  @Test
  void whatFollowsAnUpgradeIsLeftAsItCame() {
    feed("GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    feed("raw ");
    feed("bytes");

    assertThat(decoder.next()).isInstanceOf(HttpRequest.class);
    assertThat(decoder.next()).isInstanceOf(LastHttpContent.class);
    ByteBuf rest = decoder.rest();
    assertThat(rest.toString(US_ASCII)).isEqualTo("raw bytes");
    rest.release();
  }

  private static String text(Object part) {
    HttpContent content = (HttpContent) part;
    String text = content.content().toString(US_ASCII);
    content.release();
    return text;
  }
}
