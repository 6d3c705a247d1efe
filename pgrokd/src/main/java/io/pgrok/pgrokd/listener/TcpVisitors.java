package io.pgrok.pgrokd.listener;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.pgrok.pgrokd.traffic.Rejection;
import io.pgrok.pgrokd.traffic.Traffic;
import io.pgrok.pgrokd.traffic.Visit;
import io.pgrok.pgrokd.traffic.VisitRequest;
import io.pgrok.pgrokd.traffic.WatchedStream;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.StreamOpening;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.protocol.relay.ChannelStream;
import io.pgrok.protocol.relay.Relay;
import java.net.InetSocketAddress;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins visitors of TCP tunnels, and of TLS tunnels, to their private service.
 *
 * @param visitors where each connection is entered
 */
public record TcpVisitors(
    StreamOpening opening, Arrivals arrivals, ChannelGroup visitors, Traffic traffic) {

  private static final Logger LOG = LoggerFactory.getLogger(TcpVisitors.class);

  /** Takes over a visitor's channel, on its event loop. */
  public void accept(Tunnel tunnel, Channel channel) {
    arrivals.identify(channel, address -> accept(tunnel, channel, address));
  }

  private void accept(Tunnel tunnel, Channel channel, InetSocketAddress address) {
    Traffic.Visitor arrival = traffic.arrived(Protocol.TCP, address.getAddress());
    if (arrival.isRefused()) {
      channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> arrival.left());
    join(tunnel, channel, address);
  }

  /**
   * Joins a visitor that has been let in; nothing of what it sends to the service has been read.
   */
  void join(Tunnel tunnel, Channel channel, InetSocketAddress address) {
    if (!tunnel.access().allows(address.getAddress())) {
      traffic.rejected(Rejection.FORBIDDEN);
      channel.close();
      return;
    }
    visitors.add(channel);
    String host = address.getAddress().getHostAddress();
    Visit visit = traffic.begin(VisitRequest.raw(tunnel, host));
    WatchedStream visitor = new WatchedStream(ChannelStream.over(channel), visit, 0);
    if (visit.refusal() != null) {
      visitor.abort();
      return;
    }
    opening
        .open(tunnel, opening.order(tunnel, Set.of()), host + ":" + address.getPort())
        .whenComplete((opened, failure) -> {
          if (failure == null) {
            Relay.join(visitor, opened.stream());
          } else {
            LOG.info("visitor refused url={} reason={}", tunnel.url(), failure.getMessage());
            visitor.abort();
          }
        });
  }
}
