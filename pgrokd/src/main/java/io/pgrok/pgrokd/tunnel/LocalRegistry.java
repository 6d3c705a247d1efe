package io.pgrok.pgrokd.tunnel;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The registry of one server. */
public final class LocalRegistry implements TunnelRegistry {

  /** A tunnel without members, and until when, in {@link System#nanoTime}. */
  private record Away(Tunnel tunnel, long until) {
    boolean isOver() {
      return System.nanoTime() - until >= 0;
    }
  }

  private final Map<PublicName, Tunnel> tunnels = new ConcurrentHashMap<>();
  private final Map<PublicName, Away> away = new ConcurrentHashMap<>();
  private final Deque<Away> oldestAway = new ArrayDeque<>();
  private final Clock clock;
  private final Duration grace;

  /**
   * @param grace how long a tunnel is kept that its last agent has left to another
   */
  public LocalRegistry(Clock clock, Duration grace) {
    this.clock = clock;
    this.grace = grace;
  }

  @Override
  public synchronized List<Tunnel> claim(List<Claim> claims, Tunnel.Member claimant)
      throws RefusedException {
    for (Claim claim : claims) {
      Tunnel held = tunnels.get(claim.name());
      if (held != null && !mayJoin(held, claimant.carrier())) {
        throw new RefusedException("The tunnel %s is already registered.".formatted(claim.url()));
      }
      Tunnel rival = rival(claim.name());
      if (rival != null) {
        throw new RefusedException(
            "The tunnel %s is already registered: its port and name lead there."
                .formatted(rival.url()));
      }
    }
    return claims.stream().map(claim -> enter(claim, claimant)).toList();
  }

  /** HTTPS and TLS share a port: a name there is one or the other. */
  private @Nullable Tunnel rival(PublicName name) {
    return switch (name) {
      case PublicName.Web(Protocol protocol, String host) when protocol == Protocol.HTTPS ->
          tunnels.get(new PublicName.Web(Protocol.TLS, host));
      case PublicName.Web(Protocol protocol, String host) when protocol == Protocol.TLS ->
          tunnels.get(new PublicName.Web(Protocol.HTTPS, host));
      default -> null;
    };
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
      return take(claim, claimant);
    }
    List<Tunnel.Member> more = new ArrayList<>(held.members());
    more.add(claimant);
    held.members(more);
    return held;
  }

  /** A free name; visitors who wait for its last agent's return are the same identity's only. */
  private Tunnel take(Claim claim, Tunnel.Member claimant) {
    Away left = away.remove(claim.name());
    Tunnel tunnel;
    if (left != null && !left.isOver() && isSuccessor(claimant.carrier(), left.tunnel())) {
      tunnel = left.tunnel();
      tunnel.members(List.of(claimant));
    } else {
      tunnel = new Tunnel(claim.name(), claim.url(), clock.instant(), grace, claimant);
    }
    tunnels.put(claim.name(), tunnel);
    return tunnel;
  }

  private static boolean isSuccessor(Carrier claimant, Tunnel left) {
    return claimant.shares()
        && claimant.identity().name().equals(left.newest().carrier().identity().name());
  }

  @Override
  public synchronized void release(Tunnel tunnel, Carrier carrier, boolean returns) {
    forgetThoseLongAway();
    List<Tunnel.Member> rest =
        tunnel.members().stream().filter(member -> member.carrier() != carrier).toList();
    tunnel.members(rest);
    if (rest.isEmpty() && tunnels.remove(tunnel.name(), tunnel) && returns && carrier.shares()) {
      Away left = new Away(tunnel, System.nanoTime() + grace.toNanos());
      away.put(tunnel.name(), left);
      oldestAway.add(left);
    }
  }

  private void forgetThoseLongAway() {
    for (Away oldest = oldestAway.peek();
        oldest != null && oldest.isOver();
        oldest = oldestAway.peek()) {
      oldestAway.remove();
      away.remove(oldest.tunnel().name(), oldest);
    }
  }

  @Override
  public Optional<Tunnel> find(PublicName name) {
    Tunnel tunnel = tunnels.get(name);
    if (tunnel == null) {
      Away left = away.get(name);
      tunnel = left == null || left.isOver() ? null : left.tunnel();
    }
    return Optional.ofNullable(tunnel);
  }

  @Override
  public Collection<Tunnel> tunnels() {
    return List.copyOf(tunnels.values());
  }
}
