package io.pgrok.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgrok.protocol.message.MalformedMessageException;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.Ping;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.message.MessageJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageDecoderTest {

  @Test
  void aFrameMayArriveByteByByte() {
    EmbeddedChannel channel = new EmbeddedChannel(new MessageDecoder());
    ByteBuf frame = frame(new Ping());
    while (frame.isReadable()) {
      assertThat((Object) channel.readInbound()).isNull();
      channel.writeInbound(frame.readRetainedSlice(1));
    }
    assertThat((Object) channel.readInbound()).isEqualTo(new Ping());
    frame.release();
    channel.finishAndReleaseAll();
  }

  @Test
  void severalFramesInOneBufferAreAllRead() {
    EmbeddedChannel channel = new EmbeddedChannel(new MessageDecoder());
    channel.writeInbound(Unpooled.wrappedBuffer(frame(new Ping()), frame(new Ping())));
    assertThat((Object) channel.readInbound()).isEqualTo(new Ping());
    assertThat((Object) channel.readInbound()).isEqualTo(new Ping());
    channel.finishAndReleaseAll();
  }

  @Test
  void bytesBehindTheLastMessageStayRaw() {
    EmbeddedChannel channel = new EmbeddedChannel(new MessageDecoder());
    channel
        .pipeline()
        .addLast(
            new SimpleChannelInboundHandler<Message>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, Message message) {
                ctx.pipeline().remove(MessageDecoder.class);
              }
            });
    ByteBuf raw = Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII);
    channel.writeInbound(Unpooled.wrappedBuffer(frame(new StartProxy("http://a", "1:2")), raw));
    ByteBuf rest = channel.readInbound();
    assertThat(rest.toString(StandardCharsets.US_ASCII)).isEqualTo("GET / HTTP/1.1\r\n\r\n");
    rest.release();
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, MessageDecoder.MAX_LENGTH + 1L, Long.MAX_VALUE})
  void impossibleLengthsAreRefusedBeforeAnythingIsBuffered(long length) {
    EmbeddedChannel channel = new EmbeddedChannel(new MessageDecoder());
    assertThatThrownBy(() -> channel.writeInbound(Unpooled.buffer().writeLongLE(length)))
        .rootCause()
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining(String.valueOf(length));
    channel.writeInbound(frame(new Ping()));
    assertThat((Object) channel.readInbound()).as("nothing is read after that").isNull();
    channel.finishAndReleaseAll();
  }

  @Test
  void aFrameThatIsNoMessageIsRefused() {
    EmbeddedChannel channel = new EmbeddedChannel(new MessageDecoder());
    ByteBuf frame = Unpooled.buffer().writeLongLE(2).writeBytes(new byte[] {'{', '}'});
    assertThatThrownBy(() -> channel.writeInbound(frame))
        .rootCause()
        .isInstanceOf(MalformedMessageException.class);
    channel.finishAndReleaseAll();
  }

  private static ByteBuf frame(Message message) {
    byte[] json = MessageJson.write(message);
    return Unpooled.buffer().writeLongLE(json.length).writeBytes(json);
  }
}
