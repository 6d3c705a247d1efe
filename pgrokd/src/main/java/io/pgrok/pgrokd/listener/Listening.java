package io.pgrok.pgrokd.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.pgrok.pgrokd.config.ListenAddress;
import io.pgrok.pgrokd.config.StartupException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open port of this server. */
public record Listening(Channel server) {

  private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

  /**
   * Opens a port; blocks until that is done.
   *
   * @param option the option that named the address, for the error
   * @throws StartupException when it cannot be opened
   */
  static Listening on(ServerBootstrap bootstrap, String option, ListenAddress address)
      throws StartupException {
    ChannelFuture bound = bootstrap.bind(address.toSocketAddress()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new StartupException(BindFailure.sentence(option + " " + address, bound.cause()));
    }
    LOG.info("listening option={} address={}", option, bound.channel().localAddress());
    return new Listening(bound.channel());
  }

  public int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Accepts nobody any more; who is there stays. */
  public void close() {
    server.close().awaitUninterruptibly();
  }
}
