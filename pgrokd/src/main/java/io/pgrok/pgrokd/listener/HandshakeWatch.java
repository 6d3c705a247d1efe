package io.pgrok.pgrokd.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/** Tells of a TLS handshake that failed; goes away once it is over. */
final class HandshakeWatch extends ChannelInboundHandlerAdapter {

  private final Runnable onFailure;

  HandshakeWatch(Runnable onFailure) {
    this.onFailure = onFailure;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (!handshake.isSuccess()) {
        onFailure.run();
      }
      ctx.fireUserEventTriggered(event);
      ctx.pipeline().remove(this);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }
}
