package io.pgrok.agent.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import io.pgrok.protocol.http.HeadEnd;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Netty's request decoder, pulled instead of pushed: nothing behind the part that was asked for is
 * looked at, so that what follows a request with {@code Upgrade} stays raw bytes.
 */
final class RequestDecoder {

  /** The server adds some headers to a head that it took. */
  static final int MAX_HEAD = 2 * HeadEnd.MAX_LENGTH;

  private final HttpRequestDecoder decoder =
      new HttpRequestDecoder(
          new HttpDecoderConfig()
              .setMaxInitialLineLength(MAX_HEAD)
              .setMaxHeaderSize(MAX_HEAD)
              .setMaxChunkSize(MAX_HEAD)
              .setStrictLineParsing(true));

  private final EmbeddedChannel channel;
  private final Queue<ByteBuf> fed = new ArrayDeque<>();

  RequestDecoder() {
    decoder.setSingleDecode(true);
    channel = new EmbeddedChannel(decoder);
  }

  /** Takes the bytes over. */
  void feed(ByteBuf bytes) {
    fed.add(bytes);
  }

  /** The next part of a request, which the caller releases; null when more bytes are needed. */
  @Nullable HttpObject next() {
    HttpObject part = channel.readInbound();
    if (part == null) {
      part = decode(Unpooled.EMPTY_BUFFER); // makes the decoder look at what it has left
    }
    while (part == null && !fed.isEmpty()) {
      part = decode(fed.remove());
    }
    return part;
  }

  private @Nullable HttpObject decode(ByteBuf bytes) {
    channel.writeInbound(bytes);
    return channel.readInbound();
  }

  /** What was not decoded, to be released by the caller. The decoder is of no use any more. */
  ByteBuf rest() {
    channel.pipeline().remove(decoder);
    CompositeByteBuf rest = Unpooled.compositeBuffer();
    for (Object left = channel.readInbound(); left != null; left = channel.readInbound()) {
      if (left instanceof ByteBuf bytes) {
        rest.addComponent(true, bytes);
      } else {
        ReferenceCountUtil.release(left);
      }
    }
    fed.forEach(bytes -> rest.addComponent(true, bytes));
    fed.clear();
    return rest;
  }

  /** Drops everything. */
  void close() {
    channel.finishAndReleaseAll();
    fed.forEach(ReferenceCountUtil::safeRelease);
    fed.clear();
  }
}
