package io.pgrok.pgrokd.router;

import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.PublicName;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.pgrokd.tunnel.TunnelRegistry;
import io.pgrok.protocol.certificate.ServerCertificate;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the tunnel of a request by its protocol and Host. The port in a Host does not count: a
 * forwarded port or a load balancer in front changes it.
 */
public record Router(TunnelRegistry registry) {

  /**
   * @param authority the Host field: a name, optionally with a port
   */
  public Optional<Tunnel> route(Protocol protocol, String authority) {
    return registry.find(new PublicName.Web(protocol, hostOf(authority)));
  }

  /**
   * The tunnel whose private service ends TLS by itself.
   *
   * @param host that the client asked for by SNI, lower case
   */
  public Optional<Tunnel> passthrough(String host) {
    return registry.find(new PublicName.Web(Protocol.TLS, host));
  }

  /**
   * The certificate that a tunnel brings for its name; empty for the server's own.
   *
   * @param host that the client asked for by SNI, lower case
   */
  public Optional<ServerCertificate> certificate(String host) {
    return registry.find(new PublicName.Web(Protocol.HTTPS, host)).flatMap(Tunnel::certificate);
  }

  /** The name in an authority: lower case, without port and trailing dot. */
  public static String hostOf(String authority) {
    int end = authority.length();
    int colon = authority.lastIndexOf(':');
    if (colon >= 0 && authority.indexOf(']', colon) < 0) {
      end = colon;
    }
    if (end > 1 && authority.charAt(end - 1) == '.') {
      end--;
    }
    return authority.substring(0, end).toLowerCase(Locale.ROOT);
  }
}
