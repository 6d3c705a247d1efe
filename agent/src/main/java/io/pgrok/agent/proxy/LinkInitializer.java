package io.pgrok.agent.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.pgrok.agent.net.ServerTls;
import io.pgrok.protocol.frame.MessageEncoder;
import io.pgrok.protocol.message.Message.RegLink;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A link until its frames begin: TLS, then the pass. */
final class LinkInitializer extends ChannelInitializer<Channel> {

  private static final Logger LOG = LoggerFactory.getLogger(LinkInitializer.class);

  private final ServerTls tls;
  private final ProxyPass pass;
  private final Consumer<Channel> onUp;

  /**
   * @param onUp takes the channel over, on its event loop
   */
  LinkInitializer(ServerTls tls, ProxyPass pass, Consumer<Channel> onUp) {
    this.tls = tls;
    this.pass = pass;
    this.onUp = onUp;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel
        .pipeline()
        .addLast("tls", tls.newHandler(channel.alloc()))
        .addLast("encoder", MessageEncoder.INSTANCE)
        .addLast("handshake", new Handshake());
  }

  private final class Handshake extends ChannelInboundHandlerAdapter {

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
          ctx.writeAndFlush(new RegLink(pass.clientId(), pass.proxyKey()));
          ctx.pipeline().remove("encoder");
          ctx.pipeline().remove(this);
          onUp.accept(ctx.channel());
        } else {
          LOG.warn("link failed error=\"{}\"", handshake.cause().getMessage());
          ctx.close();
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      LOG.debug("link failed", cause);
      ctx.close();
    }
  }
}
