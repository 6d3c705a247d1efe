package io.pgrok.agent.gateway;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

/** A private service, asked by one visitor's stream: one exchange at a time. */
sealed interface Service permits Http1Service, H2cService {

  /** Whether a 101 can come. */
  boolean canUpgrade();

  /**
   * A channel that takes the parts of one request and gives those of its response to the handler.
   * It reads on demand only.
   */
  Future<Opened> open(ServiceHandler handler);

  /**
   * @param reused whether the connection has served before: it may have ended meanwhile
   */
  record Opened(Channel channel, boolean reused) {}

  /**
   * The exchange is over.
   *
   * @param whole whether request and response are complete and the connection may serve again
   */
  void done(Channel channel, boolean whole);

  /** Ends all connections. */
  void close();
}
