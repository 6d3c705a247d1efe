package io.pgrok.pgrokd.http;

import java.net.InetSocketAddress;
import java.util.function.Predicate;

/**
 * Whom a visitor's connection is with.
 *
 * @param address the visitor, or a proxy in front of it
 * @param serves whether requests for a host, lower case and without port, may come over this
 *     connection: what its TLS name and certificate stand for. Every host without TLS
 */
public record Peer(InetSocketAddress address, Predicate<String> serves) {

  /** Without TLS. */
  public static Peer plain(InetSocketAddress address) {
    return new Peer(address, _ -> true);
  }

  /** As agents are told of it. */
  String text() {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
