package io.pgrok.pgrokd.traffic;

import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.Tunnel;
import org.jspecify.annotations.Nullable;

/**
 * What a visitor asks for.
 *
 * @param protocol of the port that it came to
 * @param visitor the address that limits count: the rightmost that is no trusted proxy's
 * @param tunnel null when nobody serves what it asked for
 * @param version {@code HTTP/1.1}, {@code HTTP/2}; empty for TCP
 * @param method empty for TCP
 * @param authority the Host, as given; empty for TCP
 * @param target path and query, as given; empty for TCP
 */
public record VisitRequest(
    Protocol protocol,
    String visitor,
    @Nullable Tunnel tunnel,
    String version,
    String method,
    String authority,
    String target) {

  /** A connection to a tunnel that carries bytes and knows no requests. */
  public static VisitRequest raw(Tunnel tunnel, String visitor) {
    return new VisitRequest(tunnel.name().protocol(), visitor, tunnel, "", "", "", "");
  }
}
