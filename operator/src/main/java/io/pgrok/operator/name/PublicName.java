package io.pgrok.operator.name;

import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.Tunnel;
import java.util.Objects;
import java.util.Optional;

/**
 * What a Tunnel wants to be called in public. Only one Tunnel at a time can have it.
 *
 * @param server name of the TunnelServer
 * @param text a host name, or {@code port <number>} of a TCP tunnel
 */
public record PublicName(String server, String text) {

  /**
   * The name that a Tunnel asks for; empty when any will do.
   *
   * @param domain of the server
   */
  public static Optional<PublicName> of(Tunnel tunnel, String server, String domain) {
    var spec = tunnel.getSpec();
    if (spec.protocol() == Protocol.TCP) {
      return Optional.ofNullable(spec.remotePort())
          .map(port -> new PublicName(server, "port " + port));
    }
    return Optional.of(
        new PublicName(
            server,
            Objects.requireNonNullElseGet(
                spec.hostname(), () -> subdomain(tunnel) + "." + domain)));
  }

  /** The label below the server's domain: the one asked for, or one made of name and namespace. */
  public static String subdomain(Tunnel tunnel) {
    return Objects.requireNonNullElseGet(
        tunnel.getSpec().subdomain(),
        () -> DnsLabel.unique(tunnel.getMetadata().getNamespace(), tunnel.getMetadata().getName()));
  }
}
