package io.pgrok.pgrokd.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.pgrok.pgrokd.config.ListenAddress;
import io.pgrok.pgrokd.config.StartupException;
import io.pgrok.pgrokd.http.HttpFront;
import io.pgrok.pgrokd.traffic.Rejection;
import io.pgrok.pgrokd.traffic.Traffic;
import io.pgrok.protocol.relay.ChannelStream;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A port for visitors of HTTP or HTTPS tunnels.
 *
 * @param tls null for plain HTTP
 * @param visitors where each connection is entered
 */
public record WebPort(
    HttpFront front, @Nullable ServerTls tls, ChannelGroup visitors, Traffic traffic) {

  /**
   * @param option the option that named the address
   * @throws StartupException when the port cannot be opened
   */
  public Listening listen(Transport transport, String option, ListenAddress address)
      throws StartupException {
    return Listening.on(
        transport.server(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                accept(channel);
              }
            }),
        option,
        address);
  }

  private void accept(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress address)) {
      channel.close(); // gone before it was accepted
      return;
    }
    Traffic.Visitor arrival = traffic.arrived(front.protocol(), address.getAddress());
    if (arrival.isRefused()) {
      channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> arrival.left());
    visitors.add(channel);
    if (tls != null) {
      channel
          .pipeline()
          .addLast("tls", tls.newHandler(channel.alloc()))
          .addLast("handshake", new HandshakeWatch(() -> traffic.rejected(Rejection.TLS)));
    }
    front.serve(ChannelStream.over(channel), address);
  }
}
