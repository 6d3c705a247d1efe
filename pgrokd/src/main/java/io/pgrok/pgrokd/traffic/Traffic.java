package io.pgrok.pgrokd.traffic;

import io.pgrok.pgrokd.tunnel.Protocol;
import java.net.InetAddress;

/**
 * Hears of every visitor, and may send one away. Called on event loops, from several at once: never
 * blocks.
 */
public interface Traffic {

  /** Refuses nobody and remembers nothing. */
  Traffic UNOBSERVED = new Unobserved();

  /**
   * A visitor has connected to a public port, and its address is known: the peer's, or what a
   * trusted proxy said of it before the first byte (PROXY protocol). Before any of its bytes is
   * worked on.
   *
   * @return to be told when the connection is gone, unless it {@link Visitor#isRefused is refused}
   */
  Visitor arrived(Protocol protocol, InetAddress address);

  /**
   * A request has been read, or a TCP connection has been accepted.
   *
   * @return to be told how it went on; must be {@link Visit#ended ended}, refused or not
   */
  Visit begin(VisitRequest request);

  /** Something that led to no request: malformed, too slow, no TLS. */
  void rejected(Rejection reason);

  /** A visitor's connection. */
  interface Visitor {

    /** Whether it must be closed at once, without an answer. */
    boolean isRefused();

    /** The connection is gone. Idempotent; any thread. */
    void left();
  }
}
