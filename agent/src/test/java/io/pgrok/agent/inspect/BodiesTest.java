package io.pgrok.agent.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.pgrok.protocol.http.Head;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class BodiesTest {

  private static Head head(String field) throws Exception {
    byte[] bytes = ("HTTP/1.1 200 OK\r\n" + field + "\r\n\r\n").getBytes(UTF_8);
    return Head.read(Unpooled.wrappedBuffer(bytes), bytes.length, Head.Lines.STRICT);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }

  @Test
  void brotliIsUndone() throws Exception {
    byte[] hello = HexFormat.of().parseHex("0b028068656c6c6f03");
    assertThat(Bodies.decoded(head("Content-Encoding: br"), hello).bytes())
        .asString()
        .isEqualTo("hello");
  }

  @Test
  void theBeginningOfACompressedBodyIsShownAsFarAsItGoes() throws Exception {
    byte[] packed = gzip("hello ".repeat(10_000).getBytes(UTF_8));
    Bodies.Decoded decoded =
        Bodies.decoded(
            head("Content-Encoding: gzip"), Arrays.copyOf(packed, packed.length * 2 / 3));
    assertThat(new String(decoded.bytes(), UTF_8)).startsWith("hello hello");
    assertThat(decoded.truncated()).isTrue();
  }

  @Test
  void aBombDoesNotGoOff() throws Exception {
    Bodies.Decoded decoded =
        Bodies.decoded(head("Content-Encoding: gzip"), gzip(new byte[50 << 20]));
    assertThat(decoded.bytes()).hasSize(Bodies.MAX_DECODED);
    assertThat(decoded.truncated()).isTrue();
  }

  @Test
  void whatCannotBeUndoneIsShownAsItCame() throws Exception {
    byte[] bytes = "no gzip".getBytes(UTF_8);
    assertThat(Bodies.decoded(head("Content-Encoding: gzip"), bytes).bytes()).isEqualTo(bytes);
    assertThat(Bodies.decoded(head("Content-Encoding: zstd"), bytes).bytes()).isEqualTo(bytes);
  }

  @Test
  void textIsToldFromBytes() {
    byte[] text = "grün".getBytes(UTF_8);
    assertThat(Bodies.isText(text)).isTrue();
    assertThat(Bodies.isText(Arrays.copyOf("grü".getBytes(UTF_8), 3))).isTrue();
    assertThat(Bodies.isText(new byte[] {'a', 0, 'b'})).isFalse();
    assertThat(Bodies.isText(HexFormat.of().parseHex("89504e470d0a1a0a"))).isFalse();
  }
}
