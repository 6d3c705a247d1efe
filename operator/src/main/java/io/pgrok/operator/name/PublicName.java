package io.pgrok.operator.name;

import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.status.Resolution;
import java.util.Optional;

/**
 * What a Tunnel wants to be called in public. Only one Tunnel at a time can have it.
 *
 * @param server name of the TunnelServer
 * @param text a host name, or {@code port <number>} of a TCP tunnel
 */
public record PublicName(String server, String text) {

  /**
   * The name that a Tunnel asks for; empty when any will do, or while its template cannot be
   * filled.
   *
   * @param domain of the server
   */
  public static Optional<PublicName> of(Tunnel tunnel, String server, String domain) {
    var spec = tunnel.getSpec();
    if (spec.protocol() == Protocol.TCP) {
      return Optional.ofNullable(spec.remotePort())
          .map(port -> new PublicName(server, "port " + port));
    }
    if (spec.hostname() != null) {
      return Optional.of(new PublicName(server, spec.hostname()));
    }
    return subdomain(tunnel) instanceof Resolution.Resolved<String>(String label)
        ? Optional.of(new PublicName(server, label + "." + domain))
        : Optional.empty();
  }

  /** The label below the server's domain: the one asked for, or one made of name and namespace. */
  public static Resolution<String> subdomain(Tunnel tunnel) {
    var metadata = tunnel.getMetadata();
    String wanted = tunnel.getSpec().subdomain();
    if (wanted == null) {
      return Resolution.of(DnsLabel.unique(metadata.getNamespace(), metadata.getName()));
    }
    return wanted.contains("{") ? SubdomainTemplate.fill(wanted, metadata) : Resolution.of(wanted);
  }
}
