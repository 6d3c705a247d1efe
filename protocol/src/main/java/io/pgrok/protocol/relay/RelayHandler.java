package io.pgrok.protocol.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;

/**
 * One side of a relay: hands what its channel reads to the peer.
 *
 * <pre>
 *   open ── end of input ──▶ ended ── the peer's input ends too ──▶ both closed after a flush
 *     │                        │
 *     └─ closed, exception     └─ closed
 *          ▼                        ▼
 *        peer broken off          peer closed after a flush
 * </pre>
 */
final class RelayHandler extends ChannelInboundHandlerAdapter {

  private final Channel peer;
  private RelayHandler peerHandler = this;
  private volatile boolean ended;

  RelayHandler(Channel peer) {
    this.peer = peer;
  }

  void join(RelayHandler other) {
    peerHandler = other;
    other.peerHandler = this;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    // The channel may have died before the relay was put together.
    if (!ctx.channel().isActive()) {
      passOnClose();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) {
    peer.write(bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    peer.flush();
    if (peer.isWritable()) {
      ctx.read();
    }
  }

  /** This side takes bytes again, so the peer may read. A read too many is harmless. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      peer.read();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent
        || (event instanceof SslCloseCompletionEvent tls && tls.isSuccess())) {
      inputEnded(ctx.channel());
    }
    ctx.fireUserEventTriggered(event);
  }

  private void inputEnded(Channel channel) {
    if (ended || !channel.isActive()) {
      return;
    }
    ended = true;
    if (peerHandler.ended) {
      Closing.closeFlushed(peer);
      Closing.closeFlushed(channel);
    } else {
      Closing.endOutput(peer);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    passOnClose();
    ctx.fireChannelInactive();
  }

  private void passOnClose() {
    if (ended) {
      Closing.closeFlushed(peer);
    } else {
      Closing.breakOff(peer);
    }
  }

  /** Resets and TLS errors are everyday life on the internet: no log line each. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Closing.breakOff(ctx.channel());
  }
}
