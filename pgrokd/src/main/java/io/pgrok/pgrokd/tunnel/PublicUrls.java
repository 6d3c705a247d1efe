package io.pgrok.pgrokd.tunnel;

import java.util.Map;
import java.util.OptionalInt;

/**
 * The URLs under which visitors find this server's tunnels.
 *
 * @param host domain that tunnels live under, lower case
 * @param ports the port that a URL names for each web protocol; one that is missing is not served
 * @param proxied whether there are proxies in front, which may end TLS in our place
 */
public record PublicUrls(String host, Map<Protocol, Integer> ports, boolean proxied) {

  public PublicUrls {
    ports = Map.copyOf(ports);
  }

  /** Whether visitors can speak this to us at all. */
  public boolean serves(Protocol protocol) {
    return !protocol.isNamed() || ports.containsKey(protocol.listener());
  }

  /** Where visitors who came over plain HTTP find the same over HTTPS; empty for nowhere. */
  public OptionalInt httpsPort() {
    Integer port = ports.get(Protocol.HTTPS);
    return port != null
        ? OptionalInt.of(port)
        : proxied ? OptionalInt.of(Protocol.HTTPS.defaultPort()) : OptionalInt.empty();
  }

  /** The whole name of a subdomain. */
  public String below(String subdomain) {
    return subdomain + "." + host;
  }

  /** The URL of a tunnel: it names the port unless that is the protocol's own. */
  public String of(PublicName name) {
    return switch (name) {
      case PublicName.Port tcp -> "tcp://" + host + ":" + tcp.port();
      case PublicName.Web web -> {
        int port = ports.getOrDefault(web.protocol().listener(), web.protocol().defaultPort());
        String suffix = port == web.protocol().defaultPort() ? "" : ":" + port;
        yield web.protocol().wireName() + "://" + web.host() + suffix;
      }
    };
  }
}
