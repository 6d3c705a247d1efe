package io.pgrok.protocol.relay;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The three ways to end a channel. Each may be called on any thread, and again. */
public final class Closing {

  /** A peer that takes no bytes for so long after we are done is cut off. */
  static final int FLUSH_TIMEOUT_SECONDS = 30;

  private Closing() {}

  /** Says "no more bytes from here" and goes on reading. */
  public static void endOutput(Channel channel) {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(flushed -> {
          SslHandler tls = channel.pipeline().get(SslHandler.class);
          if (tls != null) {
            tls.closeOutbound();
          } else if (channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
          } else {
            channel.close();
          }
        });
  }

  /** Closes in order once everything written so far has left. */
  public static void closeFlushed(Channel channel) {
    if (!channel.isOpen()) {
      return;
    }
    Future<?> timeout =
        channel
            .eventLoop()
            .schedule(() -> breakOff(channel), FLUSH_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    channel.closeFuture().addListener(closed -> timeout.cancel(false));
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> channel.close());
  }

  /**
   * Closes so that the other end notices that something is missing: a reset on TCP, no {@code
   * close_notify} on TLS.
   */
  public static void breakOff(Channel channel) {
    if (!channel.isOpen()) {
      return;
    }
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    // From the head of the pipeline, past TLS, which would say an orderly good-bye.
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first != null) {
      first.close();
    } else {
      channel.close();
    }
  }
}
