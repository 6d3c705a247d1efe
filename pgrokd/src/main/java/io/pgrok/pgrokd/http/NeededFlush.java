package io.pgrok.pgrokd.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Passes on a flush only when something was written since the last one. Netty's HTTP/2 flushes
 * after each read, and its TLS takes that for an empty record to be made and sent.
 */
final class NeededFlush extends ChannelOutboundHandlerAdapter {

  private boolean written;

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    written = true;
    ctx.write(message, promise);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (written) {
      written = false;
      ctx.flush();
    }
  }
}
