package io.pgrok.agent.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ChannelStream;
import io.pgrok.protocol.relay.Relay;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One visitor's connection: finds the private service and joins the two. */
record Visit(ProxyConnections connections, StartProxy start, ByteStream visitor, EventLoop loop) {

  private static final Logger LOG = LoggerFactory.getLogger(Visit.class);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  void begin() {
    Route route = connections.route(start.url());
    if (route == null) {
      LOG.warn("visitor for an unknown tunnel url={}", start.url());
      unavailable(start.url().startsWith("http"));
      return;
    }
    connections
        .dialer()
        .dial(route.target(), loop, CONNECT_TIMEOUT, unread())
        .addListener(dialled -> {
          if (dialled.isSuccess()) {
            LOG.debug("visitor url={} client={}", start.url(), start.clientAddr());
            Channel service = (Channel) Objects.requireNonNull(dialled.getNow());
            Relay.join(visitor, ChannelStream.over(service));
          } else {
            LOG.warn(
                "private service does not answer tunnel={} target={} error=\"{}\"",
                route.tunnel(),
                route.target(),
                dialled.cause().getMessage());
            unavailable(route.protocol().isHttp());
          }
        });
  }

  private void unavailable(boolean http) {
    if (http) {
      visitor.write(BadGateway.answer());
      visitor.flush();
      visitor.close();
    } else {
      visitor.abort();
    }
  }

  /** Bootstraps demand a handler; the stream comes when the channel is connected. */
  private static ChannelHandler unread() {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel service) {
        service.config().setAutoRead(false);
      }
    };
  }
}
