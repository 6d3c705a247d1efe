package io.pgrok.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.MessageJson;

/**
 * Messages to frames. The reference reads a payload with a single {@code Read}, so a payload must
 * not straddle two TLS records: flush message by message on control connections.
 */
@ChannelHandler.Sharable
public final class MessageEncoder extends MessageToByteEncoder<Message> {

  public static final MessageEncoder INSTANCE = new MessageEncoder();

  private MessageEncoder() {
    super(Message.class);
  }

  @Override
  protected void encode(ChannelHandlerContext ctx, Message message, ByteBuf out) {
    byte[] json = MessageJson.write(message);
    out.ensureWritable(Long.BYTES + json.length);
    out.writeLongLE(json.length);
    out.writeBytes(json);
  }
}
