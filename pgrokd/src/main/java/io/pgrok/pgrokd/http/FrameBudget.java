package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameLogger;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.logging.LogLevel;
import java.util.concurrent.TimeUnit;

/**
 * Cuts off a visitor who sends frame after frame that asks for nothing, or streams that we have to
 * reset: they cost more here than there. What is sent to a visitor allows for more of them, as
 * window comes back for it. Confined to the connection's event loop.
 *
 * <p>Nothing is logged. But Netty shows its logger every frame as it is on the wire, those of
 * streams that are over included, of which its listeners do not hear.
 */
final class FrameBudget extends Http2FrameLogger {

  /** Frames that ask for nothing, within {@link #SECONDS}. */
  static final int FRAMES = 1000;

  static final int SECONDS = 30;

  /** Of a stream that has to be reset for what its visitor sends. */
  private static final int COST_OF_FAULT = 5;

  private static final int WORTH_OF_ANSWER = 2;

  private static final int WORTH_OF_DATA = 4;

  private static final int WORTHY_BYTES = 1024;

  private final Http2Connection connection;
  private long since = System.nanoTime();
  private long left = FRAMES;

  FrameBudget(Http2Connection connection) {
    super(LogLevel.TRACE, FrameBudget.class);
    this.connection = connection;
  }

  /** What comes from now on is not worth a look. */
  boolean isSpent() {
    return left < 0;
  }

  private void spend(Direction direction, ChannelHandlerContext ctx) {
    if (direction == Direction.INBOUND) {
      spend(ctx, 1);
    }
  }

  private void spend(ChannelHandlerContext ctx, int cost) {
    if (isSpent()) {
      return;
    }
    long now = System.nanoTime();
    if (now - since > TimeUnit.SECONDS.toNanos(SECONDS)) {
      since = now;
      left = FRAMES;
    }
    left -= cost;
    if (isSpent() && ctx.handler() instanceof Http2ConnectionHandler codec) {
      codec.onError(
          ctx,
          true,
          Http2Exception.connectionError(
              Http2Error.ENHANCE_YOUR_CALM, "too many frames that ask for nothing"));
    }
  }

  private void earn(int worth) {
    if (!isSpent()) {
      left += worth;
    }
  }

  @Override
  public void logData(
      Direction direction,
      ChannelHandlerContext ctx,
      int stream,
      ByteBuf data,
      int padding,
      boolean last) {
    if (direction == Direction.OUTBOUND) {
      earn(WORTH_OF_DATA + data.readableBytes() / WORTHY_BYTES);
    } else if (connection.stream(stream) == null || !(data.isReadable() || last)) {
      spend(ctx, 1);
    }
  }

  @Override
  public void logHeaders(
      Direction direction,
      ChannelHandlerContext ctx,
      int stream,
      Http2Headers headers,
      int padding,
      boolean last) {
    if (direction == Direction.OUTBOUND) {
      earn(WORTH_OF_ANSWER);
    } else if (connection.stream(stream) == null && connection.streamMayHaveExisted(stream)) {
      spend(ctx, 1);
    }
  }

  @Override
  public void logHeaders(
      Direction direction,
      ChannelHandlerContext ctx,
      int stream,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean last) {
    logHeaders(direction, ctx, stream, headers, padding, last);
  }

  @Override
  public void logRstStream(
      Direction direction, ChannelHandlerContext ctx, int stream, long errorCode) {
    spend(ctx, direction == Direction.INBOUND ? 1 : costOfReset(stream, errorCode));
  }

  private int costOfReset(int stream, long errorCode) {
    return switch (Http2Error.valueOf(errorCode)) {
      case NO_ERROR, CANCEL, INTERNAL_ERROR -> 0; // nothing that the visitor did
      case REFUSED_STREAM -> 1; // more at once than it may have known of
      // What was under way when its stream ended has been counted as it came.
      case STREAM_CLOSED -> connection.stream(stream) == null ? 0 : COST_OF_FAULT;
      default -> COST_OF_FAULT;
    };
  }

  @Override
  public void logPriority(
      Direction direction,
      ChannelHandlerContext ctx,
      int stream,
      int dependency,
      short weight,
      boolean exclusive) {
    spend(direction, ctx);
  }

  @Override
  public void logSettingsAck(Direction direction, ChannelHandlerContext ctx) {
    spend(direction, ctx);
  }

  @Override
  public void logSettings(Direction direction, ChannelHandlerContext ctx, Http2Settings settings) {
    spend(direction, ctx);
  }

  @Override
  public void logPing(Direction direction, ChannelHandlerContext ctx, long data) {
    spend(direction, ctx);
  }

  @Override
  public void logPingAck(Direction direction, ChannelHandlerContext ctx, long data) {
    spend(direction, ctx);
  }

  @Override
  public void logPushPromise(
      Direction direction,
      ChannelHandlerContext ctx,
      int stream,
      int promised,
      Http2Headers headers,
      int padding) {
    spend(direction, ctx);
  }

  @Override
  public void logGoAway(
      Direction direction, ChannelHandlerContext ctx, int last, long errorCode, ByteBuf debug) {
    spend(direction, ctx);
  }

  @Override
  public void logWindowsUpdate(
      Direction direction, ChannelHandlerContext ctx, int stream, int increment) {
    spend(direction, ctx);
  }

  @Override
  public void logUnknownFrame(
      Direction direction,
      ChannelHandlerContext ctx,
      byte type,
      int stream,
      Http2Flags flags,
      ByteBuf data) {
    spend(direction, ctx);
  }
}
