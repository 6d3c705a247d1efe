package io.pgrok.pgrokd.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a socket in two steps. One that still holds unread bytes is reset when it is closed at
 * once, which destroys what the peer has not read yet, such as the frame that says why.
 */
final class LingeringClose extends ChannelDuplexHandler {

  /** How long a peer may take to close after we have. */
  private static final long GOODBYE_SECONDS = 2;

  private boolean closing;
  private @Nullable Future<?> timer;

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (closing || !ctx.channel().isActive()) {
      ctx.close(promise);
      return;
    }
    closing = true;
    ctx.channel().closeFuture().addListener(_ -> promise.trySuccess());
    ctx.flush();
    ctx.channel().config().setAutoRead(true);
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    } else if (ctx.channel() instanceof DuplexChannel socket) {
      socket.shutdownOutput();
    }
    timer = ctx.executor().schedule(() -> ctx.close(), GOODBYE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (closing) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }
}
