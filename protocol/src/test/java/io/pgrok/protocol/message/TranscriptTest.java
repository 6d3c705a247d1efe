package io.pgrok.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgrok.protocol.frame.MessageDecoder;
import io.pgrok.protocol.frame.MessageEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what the reference's client and server really said to each other. */
class TranscriptTest {

  /** One captured message: the length header in hex as it was on the wire, and the JSON. */
  record Line(String lengthHex, String json) {
    byte[] frame() {
      ByteBuf frame = Unpooled.buffer();
      frame.writeBytes(ByteBufUtil.decodeHexDump(lengthHex));
      frame.writeBytes(json.getBytes(StandardCharsets.UTF_8));
      return ByteBufUtil.getBytes(frame);
    }
  }

  static Stream<Line> messages() {
    try (InputStream in = TranscriptTest.class.getResourceAsStream("/wire-transcript.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(" ", 5))
          .filter(columns -> columns[2].equals("msg"))
          .map(columns -> new Line(columns[3], columns[4]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theTranscriptHasEveryClassicMessage() throws MalformedMessageException {
    List<Class<?>> seen =
        messages().<Class<?>>map(line -> read(line).getClass()).distinct().toList();
    assertThat(seen)
        .containsExactlyInAnyOrder(
            Message.Auth.class,
            Message.AuthResp.class,
            Message.ReqTunnel.class,
            Message.NewTunnel.class,
            Message.ReqProxy.class,
            Message.RegProxy.class,
            Message.StartProxy.class,
            Message.Ping.class,
            Message.Pong.class);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void aCapturedFrameIsReadAndWrittenBackByteForByte(Line line) {
    EmbeddedChannel in = new EmbeddedChannel(new MessageDecoder());
    in.writeInbound(Unpooled.wrappedBuffer(line.frame()));
    Message message = in.readInbound();

    EmbeddedChannel out = new EmbeddedChannel(MessageEncoder.INSTANCE);
    out.writeOutbound(message);
    ByteBuf written = out.readOutbound();

    assertThat(ByteBufUtil.getBytes(written)).isEqualTo(line.frame());
    written.release();
    in.finishAndReleaseAll();
    out.finishAndReleaseAll();
  }

  private static Message read(Line line) {
    try {
      return MessageJson.read(line.json().getBytes(StandardCharsets.UTF_8));
    } catch (MalformedMessageException e) {
      throw new AssertionError(e);
    }
  }
}
