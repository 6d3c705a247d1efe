package io.pgrok.agent.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames are the examples of RFC 6455 section 5.7 and RFC 7692 section 7.2.3. */
class WebSocketScannerTest {

  private final List<WebSocketLog.Entry> told = new ArrayList<>();

  private List<String> texts(boolean deflated, String hex, int piece) {
    WebSocketScanner scanner = new WebSocketScanner(true, true, deflated, told::add);
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    for (int at = 0; at < bytes.length; at += piece) {
      scanner.scan(Unpooled.wrappedBuffer(bytes, at, Math.min(piece, bytes.length - at)));
    }
    scanner.close();
    return told.stream().map(entry -> new String(entry.payload(), UTF_8)).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 100})
  void messagesAreToldHoweverTheyAreCutAndMasked(int piece) {
    String masked = "81 85 37 fa 21 3d 7f 9f 4d 51 58";
    String fragmented = "01 03 48 65 6c 89 01 70 80 02 6c 6f";

    assertThat(texts(false, masked + fragmented + "88 00", piece))
        .containsExactly("Hello", "p", "Hello", "");
    assertThat(told.stream().map(WebSocketLog.Entry::opcode)).containsExactly(1, 9, 1, 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void compressedMessagesShareTheirWindow(int piece) {
    assertThat(texts(true, "c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00", piece))
        .containsExactly("Hello", "Hello");
  }

  @Test
  void ofALargeMessageTheBeginningIsKept() {
    String payload = ByteBufUtil.hexDump("x".repeat(70_000).getBytes(UTF_8));
    texts(false, "82 7f 00 00 00 00 00 01 11 70" + payload, 1000);

    assertThat(told)
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.size()).isEqualTo(70_000);
          assertThat(entry.payload()).hasSize(WebSocketScanner.MAX_PAYLOAD);
        });
  }

  @Test
  void nonsenseIsNotFollowed() {
    assertThat(texts(false, "82 ff ff ff ff ff ff ff ff ff 00 00 00 00 81 00", 100)).isEmpty();
  }
}
