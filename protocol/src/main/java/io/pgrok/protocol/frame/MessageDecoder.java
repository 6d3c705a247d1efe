package io.pgrok.protocol.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.pgrok.protocol.message.MalformedMessageException;
import io.pgrok.protocol.message.MessageJson;
import java.util.List;

/**
 * Frames to messages: a signed 64-bit little-endian length from 1 to the limit, then that many
 * bytes of JSON. Anything else raises {@link MalformedMessageException} in the pipeline, after
 * which the rest of the connection's bytes is dropped; whoever catches it closes the connection.
 *
 * <p>Remove this handler from the pipeline to go raw: each message is handed on before the next is
 * decoded, and the bytes behind the last one then go to the next handler as they are.
 */
public final class MessageDecoder extends ByteToMessageDecoder {

  /** The reference sends no bound; nothing legitimate comes near this. */
  public static final int MAX_LENGTH = 1 << 20;

  private final int maxLength;
  private boolean broken;

  public MessageDecoder() {
    this(MAX_LENGTH);
  }

  /**
   * @param maxLength longest JSON text in bytes, 1 to {@value #MAX_LENGTH}
   */
  public MessageDecoder(int maxLength) {
    if (maxLength < 1 || maxLength > MAX_LENGTH) {
      throw new IllegalArgumentException("maxLength must be between 1 and " + MAX_LENGTH);
    }
    this.maxLength = maxLength;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws MalformedMessageException {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (in.readableBytes() < Long.BYTES) {
      return;
    }
    long length = in.getLongLE(in.readerIndex());
    if (length < 1 || length > maxLength) {
      broken = true;
      in.skipBytes(in.readableBytes());
      throw new MalformedMessageException(
          "a frame announces %d bytes; 1 to %d are allowed".formatted(length, maxLength));
    }
    if (in.readableBytes() < Long.BYTES + length) {
      return;
    }
    in.skipBytes(Long.BYTES);
    byte[] json = ByteBufUtil.getBytes(in, in.readerIndex(), (int) length);
    in.skipBytes((int) length);
    try {
      out.add(MessageJson.read(json));
    } catch (MalformedMessageException e) {
      broken = true;
      throw e;
    }
  }
}
