package io.pgrok.pgrokd.listener;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.pgrok.pgrokd.tunnel.StreamOpening;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.protocol.relay.ChannelStream;
import io.pgrok.protocol.relay.Relay;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins visitors of TCP tunnels to their private service.
 *
 * @param visitors where each connection is entered
 */
public record TcpVisitors(StreamOpening opening, ChannelGroup visitors) {

  private static final Logger LOG = LoggerFactory.getLogger(TcpVisitors.class);

  /** Takes over a visitor's channel, on its event loop. */
  public void accept(Tunnel tunnel, Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress address)) {
      channel.close(); // gone before it was accepted
      return;
    }
    visitors.add(channel);
    ChannelStream visitor = ChannelStream.over(channel);
    opening
        .open(tunnel, address.getAddress().getHostAddress() + ":" + address.getPort())
        .whenComplete((stream, failure) -> {
          if (failure == null) {
            Relay.join(visitor, stream);
          } else {
            LOG.info("visitor refused url={} reason={}", tunnel.url(), failure.getMessage());
            visitor.abort();
          }
        });
  }
}
