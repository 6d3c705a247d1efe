package io.pgrok.pgrokd.tunnel;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Who holds which public name. Thread-safe. */
public interface TunnelRegistry {

  /**
   * A name that is asked for.
   *
   * @param url how visitors write it
   */
  record Claim(PublicName name, String url) {}

  /**
   * Claims several names at once: all or none.
   *
   * <p>A name that is free becomes a tunnel; one that is held by sharing carriers of the same
   * identity gets one more member, when the claimant shares as well.
   *
   * @return the tunnels, in the order of the claims
   * @throws RefusedException when one of the names is taken: {@code The tunnel <url> is already
   *     registered.}, which clients know
   */
  List<Tunnel> claim(List<Claim> claims, Tunnel.Member claimant) throws RefusedException;

  /**
   * Takes a carrier out of a tunnel; the last one takes the tunnel along. Idempotent.
   *
   * @param returns whether another carrier of its identity may be about to take its place: the
   *     tunnel is then still found for a moment, without members. Whoever else claims the name in
   *     that time gets it.
   */
  void release(Tunnel tunnel, Carrier carrier, boolean returns);

  /** The tunnel of a name; without members when its agent is expected back. */
  Optional<Tunnel> find(PublicName name);

  /** All tunnels that have members, for listings. */
  Collection<Tunnel> tunnels();
}
