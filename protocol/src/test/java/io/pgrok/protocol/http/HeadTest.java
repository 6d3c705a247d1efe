package io.pgrok.protocol.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HeadTest {

  /** Found by {@link HttpScannerFuzz}. */
  @ParameterizedTest
  @EnumSource(Head.Lines.class)
  void aHeadThatBeginsWithAnEmptyLineIsRefused(Head.Lines lines) {
    ByteBuf in = Unpooled.copiedBuffer("\r\nHTTP/1.1 200 OK\r\n\r\n", StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> Head.read(in, new HeadEnd().find(in), lines))
        .isInstanceOf(BadHttpException.class)
        .hasMessageContaining("first line is empty");
  }
}
