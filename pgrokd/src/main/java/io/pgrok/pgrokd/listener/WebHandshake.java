package io.pgrok.pgrokd.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.pgrok.pgrokd.http.HttpFront;
import io.pgrok.pgrokd.http.Peer;
import io.pgrok.pgrokd.traffic.Rejection;
import io.pgrok.pgrokd.traffic.Traffic;
import io.pgrok.protocol.certificate.ServerNames;
import io.pgrok.protocol.relay.ChannelStream;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the end of a visitor's TLS handshake, which says what version of HTTP it speaks. HTTP/2
 * is served from then on only: its handlers send at once.
 */
final class WebHandshake extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(WebHandshake.class);

  private final HttpFront front;
  private final Traffic traffic;
  private final InetSocketAddress address;
  private final ServerNames names;
  private final @Nullable String host;

  /**
   * @param names of the certificate that is shown
   * @param host that the visitor asked for; null when it named none
   */
  WebHandshake(
      HttpFront front,
      Traffic traffic,
      InetSocketAddress address,
      ServerNames names,
      @Nullable String host) {
    this.front = front;
    this.traffic = traffic;
    this.address = address;
    this.names = names;
    this.host = host;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
      ctx.fireUserEventTriggered(event);
    } else if (handshake.isSuccess()) {
      serve(ctx);
    } else {
      LOG.debug("tls failed peer={} error={}", address, String.valueOf(handshake.cause()));
      traffic.rejected(Rejection.TLS);
      ctx.close();
    }
  }

  private void serve(ChannelHandlerContext ctx) {
    Peer peer = new Peer(address, this::serves);
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    ctx.pipeline().remove(this);
    if (ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
      front.serveHttp2(ctx.channel(), peer);
    } else {
      front.serve(ChannelStream.over(ctx.channel()), peer, null);
    }
  }

  /** A client that has named a host may ask for that, and for all that the certificate covers. */
  private boolean serves(String asked) {
    return host == null || asked.equals(host) || names.cover(asked);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // told with the handshake's end, or gone before
  }
}
