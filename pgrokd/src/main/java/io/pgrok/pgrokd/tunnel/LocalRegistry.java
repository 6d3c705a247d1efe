package io.pgrok.pgrokd.tunnel;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The registry of one server. */
public final class LocalRegistry implements TunnelRegistry {

  private final Map<PublicName, Tunnel> tunnels = new ConcurrentHashMap<>();
  private final Clock clock;

  public LocalRegistry(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized List<Tunnel> claim(List<Claim> claims, Tunnel.Member claimant)
      throws RefusedException {
    for (Claim claim : claims) {
      Tunnel held = tunnels.get(claim.name());
      if (held != null && !mayJoin(held, claimant.carrier())) {
        throw new RefusedException("The tunnel %s is already registered.".formatted(claim.url()));
      }
    }
    return claims.stream().map(claim -> enter(claim, claimant)).toList();
  }

  private static boolean mayJoin(Tunnel held, Carrier claimant) {
    return claimant.shares()
        && !claimant.identity().isAnonymous()
        && held.members().stream()
            .map(Tunnel.Member::carrier)
            .allMatch(member ->
                member.shares()
                    && member != claimant
                    && member.identity().name().equals(claimant.identity().name()));
  }

  private Tunnel enter(Claim claim, Tunnel.Member claimant) {
    Tunnel held = tunnels.get(claim.name());
    if (held == null) {
      Tunnel made = new Tunnel(claim.name(), claim.url(), clock.instant(), claimant);
      tunnels.put(claim.name(), made);
      return made;
    }
    List<Tunnel.Member> more = new ArrayList<>(held.members());
    more.add(claimant);
    held.members(more);
    return held;
  }

  @Override
  public synchronized void release(Tunnel tunnel, Carrier carrier) {
    List<Tunnel.Member> rest =
        tunnel.members().stream().filter(member -> member.carrier() != carrier).toList();
    tunnel.members(rest);
    if (rest.isEmpty()) {
      tunnels.remove(tunnel.name(), tunnel);
    }
  }

  @Override
  public Optional<Tunnel> find(PublicName name) {
    return Optional.ofNullable(tunnels.get(name));
  }

  @Override
  public Collection<Tunnel> tunnels() {
    return List.copyOf(tunnels.values());
  }
}
