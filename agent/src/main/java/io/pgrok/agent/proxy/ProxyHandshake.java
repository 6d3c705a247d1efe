package io.pgrok.agent.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.RegProxy;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ChannelStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the pass once TLS is up, waits for StartProxy, and leaves a raw stream of the visitor's
 * bytes behind.
 */
final class ProxyHandshake extends SimpleChannelInboundHandler<Message> {

  private static final Logger LOG = LoggerFactory.getLogger(ProxyHandshake.class);

  private final ProxyConnections connections;
  private final ProxyPass pass;

  ProxyHandshake(ProxyConnections connections, ProxyPass pass) {
    this.connections = connections;
    this.pass = pass;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent tls) {
      if (tls.isSuccess()) {
        ctx.writeAndFlush(new RegProxy(pass.clientId(), pass.proxyKey()));
      } else {
        LOG.warn("proxy connection failed error=\"{}\"", tls.cause().getMessage());
        ctx.close();
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Message message) {
    if (!(message instanceof StartProxy start)) {
      LOG.warn("proxy connection got {}", message.getClass().getSimpleName());
      ctx.close();
      return;
    }
    // The stream first, so that it gets the bytes that the decoder leaves when it goes.
    ChannelStream visitor = ChannelStream.over(ctx.channel());
    ctx.pipeline().remove(this);
    ctx.pipeline().remove(ProxyInitializer.ENCODER);
    ctx.pipeline().remove(ProxyInitializer.DECODER);
    connections.started(ctx.channel());
    new Visit(connections, start, visitor, ctx.channel().eventLoop()).begin();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("proxy connection failed", cause);
    ctx.close();
  }
}
