package io.pgrok.operator.name;

import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.status.Resolution;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who has a public name: the oldest Tunnel that asks for it. It keeps the name while it exists,
 * whether or not it is registered, so that an outage of its Service is no chance for others.
 */
public final class Claims {

  private static final Comparator<Tunnel> OLDEST_FIRST =
      Comparator.comparing((Tunnel t) -> t.getMetadata().getCreationTimestamp())
          .thenComparing(t -> t.getMetadata().getNamespace())
          .thenComparing(t -> t.getMetadata().getName());

  private Claims() {}

  /** Whether a Tunnel was there before another: of two that ask for the same, it gets it. */
  public static boolean isOlder(Tunnel first, Tunnel second) {
    return OLDEST_FIRST.compare(first, second) < 0;
  }

  /** The one of these Tunnels, all asking for the same name, that gets it. */
  public static Optional<Tunnel> owner(Collection<Tunnel> claimants) {
    return claimants.stream().min(OLDEST_FIRST);
  }

  /**
   * Keys under which a Tunnel is indexed. Two Tunnels that can ask for the same name share one,
   * whatever the servers' domains are: {@code web} of domain {@code example.com} is the host name
   * {@code web.example.com}.
   */
  public static List<String> keys(Tunnel tunnel) {
    var spec = tunnel.getSpec();
    if (spec == null) {
      return List.of();
    }
    if (spec.protocol() == Protocol.TCP) {
      return spec.remotePort() == null ? List.of() : List.of("port:" + spec.remotePort());
    }
    if (spec.hostname() != null) {
      return List.of("host:" + spec.hostname(), "label:" + spec.hostname().replaceAll("[.].*", ""));
    }
    return PublicName.subdomain(tunnel) instanceof Resolution.Resolved<String>(String label)
        ? List.of("label:" + label)
        : List.of();
  }

  /** Whether the two share a key and may ask for one name; some of these do not. */
  public static boolean mayCollide(Tunnel a, Tunnel b) {
    var hostA = a.getSpec().hostname();
    var hostB = b.getSpec().hostname();
    return hostA == null || hostB == null || hostA.equals(hostB);
  }
}
