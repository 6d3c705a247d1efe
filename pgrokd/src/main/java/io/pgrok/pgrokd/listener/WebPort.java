package io.pgrok.pgrokd.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.ssl.SslHandler;
import io.pgrok.pgrokd.config.ListenAddress;
import io.pgrok.pgrokd.config.StartupException;
import io.pgrok.pgrokd.http.HttpFront;
import io.pgrok.pgrokd.http.Peer;
import io.pgrok.pgrokd.traffic.Traffic;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.protocol.relay.ChannelStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A port for visitors of HTTP or HTTPS tunnels.
 *
 * <pre>
 *   HTTP                            ChannelStream      HTTP/1, or HTTP/2 by its first bytes
 *   HTTPS  ClientHello ▶ tls ▶ WebHandshake ▶ ChannelStream        HTTP/1
 *                                           ▶ HTTP/2 by ALPN
 *                     ▶ ChannelStream              a TLS tunnel, as it is
 * </pre>
 *
 * @param tls null for plain HTTP
 * @param patience for the TLS handshake
 * @param arrivals finds out whom a connection is from
 * @param raw takes visitors of TLS tunnels, whose private service ends TLS by itself
 * @param visitors where each connection is entered
 */
public record WebPort(
    HttpFront front,
    @Nullable ServerTls tls,
    Duration patience,
    Arrivals arrivals,
    TcpVisitors raw,
    ChannelGroup visitors,
    Traffic traffic) {

  /**
   * @param option the option that named the address
   * @throws StartupException when the port cannot be opened
   */
  public Listening listen(Transport transport, String option, ListenAddress address)
      throws StartupException {
    return Listening.on(
        transport.visitors(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                arrivals.identify(channel, address -> accept(channel, address));
              }
            }),
        option,
        address);
  }

  private void accept(Channel channel, InetSocketAddress address) {
    Traffic.Visitor arrival = traffic.arrived(front.protocol(), address.getAddress());
    if (arrival.isRefused()) {
      channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> arrival.left());
    visitors.add(channel);
    if (tls == null) {
      plain(channel, Peer.plain(address));
    } else {
      channel
          .pipeline()
          .addLast(
              "hello", new ClientHello(patience, (ctx, host) -> greeted(tls, ctx, host, address)));
      channel.read();
    }
  }

  private void plain(Channel channel, Peer peer) {
    ChannelStream stream = ChannelStream.over(channel);
    front.serve(stream, peer, bytes -> http2(stream, peer, bytes));
  }

  /** The visitor has begun with HTTP/2's preface. */
  private void http2(ChannelStream stream, Peer peer, ByteBuf bytes) {
    Channel channel = stream.channel();
    channel.pipeline().remove(stream);
    front.serveHttp2(channel, peer);
    channel.pipeline().fireChannelRead(bytes);
    channel.pipeline().fireChannelReadComplete();
  }

  private void greeted(
      ServerTls tls, ChannelHandlerContext ctx, @Nullable String host, InetSocketAddress address) {
    Optional<Tunnel> through = host == null ? Optional.empty() : front.router().passthrough(host);
    if (through.isPresent()) {
      raw.join(through.get(), ctx.channel(), address);
      ctx.pipeline().remove(ctx.handler()); // hands on what it has read
      return;
    }
    ServerTls.Identity identity =
        Optional.ofNullable(host)
            .flatMap(front.router()::certificate)
            .map(tls::of)
            .orElseGet(() -> tls.choose(host));
    SslHandler handler = identity.context().newHandler(ctx.alloc());
    handler.setHandshakeTimeoutMillis(patience.toMillis());
    ctx.pipeline()
        .addLast("handshake", new WebHandshake(front, traffic, address, identity.names(), host));
    ctx.pipeline().replace(ctx.handler(), "tls", handler);
  }
}
