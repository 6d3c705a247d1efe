package io.pgrok.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.pgrok.protocol.message.MalformedMessageException;
import io.pgrok.protocol.message.Message;
import java.util.ArrayList;
import java.util.List;

/** Frames and their JSON, from anybody who reaches the tunnel port. */
class MessageFuzz {

  /**
   * Whatever comes is a message, an incomplete one or a quiet refusal; how it is cut into pieces
   * does not matter; and a message survives being written and read again.
   */
  @FuzzTest(maxDuration = "4s")
  void decodes(byte[] bytes) {
    List<Message> whole = decode(bytes, Math.max(1, bytes.length));
    assertThat(decode(bytes, 3)).isEqualTo(whole);
    for (Message message : whole) {
      assertThat(decode(encode(message), 16)).containsExactly(message);
    }
  }

  private static List<Message> decode(byte[] bytes, int piece) {
    EmbeddedChannel channel = new EmbeddedChannel(new MessageDecoder());
    try {
      for (int from = 0; from < bytes.length; from += piece) {
        channel.writeInbound(
            Unpooled.copiedBuffer(bytes, from, Math.min(piece, bytes.length - from)));
      }
    } catch (DecoderException e) {
      assertThat(e).hasCauseInstanceOf(MalformedMessageException.class);
    }
    List<Message> messages = new ArrayList<>();
    for (Message message = channel.readInbound();
        message != null;
        message = channel.readInbound()) {
      messages.add(message);
    }
    try {
      channel.finishAndReleaseAll();
    } catch (DecoderException e) {
      assertThat(e).hasCauseInstanceOf(MalformedMessageException.class);
    }
    return messages;
  }

  private static byte[] encode(Message message) {
    EmbeddedChannel channel = new EmbeddedChannel(MessageEncoder.INSTANCE);
    channel.writeOutbound(message);
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    byte[] frame = new byte[all.readableBytes()];
    all.readBytes(frame);
    return frame;
  }
}
