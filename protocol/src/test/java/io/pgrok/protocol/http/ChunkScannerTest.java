package io.pgrok.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkScannerTest {

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0\r\n\r\n",
        "5\r\nhello\r\n0\r\n\r\n",
        "A\r\n0123456789\r\n000\r\n\r\n",
        "a;name=\"value\"\r\n0123456789\r\n0;x\r\n\r\n",
        "1\r\n\r\r\n1\r\n\n\r\n0\r\n\r\n",
        "0\r\nTrailer: 1\r\nOther: 2\r\n\r\n",
      })
  void aBodyEndsWhereItsLastChunkDoes(String body) throws Exception {
    ChunkScanner whole = new ChunkScanner();
    assertThat(whole.scan(bytes(body + "GET /"))).isEqualTo(body.length());
    assertThat(whole.isDone()).isTrue();

    ChunkScanner pieces = new ChunkScanner();
    for (int i = 0; i < body.length(); i++) {
      assertThat(pieces.isDone()).isFalse();
      assertThat(pieces.scan(bytes(body.substring(i, i + 1)))).isEqualTo(1);
    }
    assertThat(pieces.isDone()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "g\r\n",
        "0x5\r\nhello\r\n",
        "-1\r\n",
        "+5\r\nhello\r\n",
        " 5\r\nhello\r\n",
        "5 \r\nhello\r\n",
        "5\nhello\r\n",
        "5\r\rhello\r\n",
        "5;a\nhello\r\n",
        "5;a\0\r\nhello\r\n",
        "5\r\nhelloX\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "FFFFFFFFFFFFFFFF\r\n",
        "0\r\nT: 1\n\r\n",
        "0\r\n folded\r\n\r\n",
        "0\r\nT: \0\r\n\r\n",
        "0\r\n\rX",
      })
  void whatSomebodyCouldReadDifferentlyIsRefused(String body) {
    assertThatThrownBy(() -> new ChunkScanner().scan(bytes(body)))
        .isInstanceOf(BadHttpException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 100_000})
  void extensionsAndTrailersAreBounded(int length) {
    String extension = "1;" + "x".repeat(length);
    assertThatThrownBy(() -> new ChunkScanner().scan(bytes(extension)))
        .isInstanceOf(BadHttpException.class);
    String trailer = "0\r\n" + ("T: " + "x".repeat(length) + "\r\n").repeat(300);
    assertThatThrownBy(() -> new ChunkScanner().scan(bytes(trailer)))
        .isInstanceOf(BadHttpException.class);
  }
}
