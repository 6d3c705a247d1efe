package io.pgrok.pgrokd.control;

import io.pgrok.pgrokd.tunnel.Access;
import io.pgrok.pgrokd.tunnel.NameRules;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.PublicUrls;
import io.pgrok.pgrokd.tunnel.RefusedException;
import io.pgrok.protocol.certificate.ServerCertificate;
import io.pgrok.protocol.grant.Grant;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A ReqTunnel, understood and allowed.
 *
 * @param protocols in the order asked for
 * @param host name of the web protocols, null for a random subdomain
 * @param remotePort for TCP; 0 for any
 * @param access what visitors must fulfil
 * @param certificate what visitors over https are shown; null for the server's own
 */
record RequestedNames(
    List<Protocol> protocols,
    @Nullable String host,
    int remotePort,
    Access access,
    @Nullable ServerCertificate certificate) {

  /**
   * @throws RefusedException with a sentence for the person who asked
   */
  static RequestedNames of(ReqTunnel request, PublicUrls urls, Grant grant)
      throws RefusedException {
    List<Protocol> protocols = Protocol.parse(request.protocol());
    for (Protocol protocol : protocols) {
      if (!urls.serves(protocol)) {
        throw new RefusedException(
            "This server does not listen for %s.".formatted(protocol.wireName()));
      }
    }
    boolean web = protocols.stream().anyMatch(Protocol::isNamed);
    if (protocols.contains(Protocol.TCP)
        && request.remotePort() != 0
        && !grant.allowsTcpPort(request.remotePort())) {
      throw new RefusedException(
          "Your token does not allow the TCP port %d.".formatted(request.remotePort()));
    }
    String host = web ? host(request, urls, grant) : null;
    return new RequestedNames(
        protocols,
        host,
        request.remotePort(),
        RequestedAccess.of(request, protocols, urls),
        RequestedCertificate.of(request, protocols, host));
  }

  private static @Nullable String host(ReqTunnel request, PublicUrls urls, Grant grant)
      throws RefusedException {
    if (!request.hostname().isBlank()) {
      String hostname = NameRules.hostname(request.hostname());
      // A hostname below our own domain is a subdomain by another way: the same right is needed.
      String suffix = "." + urls.host();
      if (hostname.endsWith(suffix)) {
        return subdomain(hostname.substring(0, hostname.length() - suffix.length()), urls, grant);
      }
      if (!grant.allowsHostname(hostname)) {
        throw new RefusedException(
            "Your token does not allow the hostname '%s'.".formatted(hostname));
      }
      return hostname;
    }
    if (!request.subdomain().isBlank()) {
      return subdomain(request.subdomain(), urls, grant);
    }
    return null;
  }

  private static String subdomain(String asked, PublicUrls urls, Grant grant)
      throws RefusedException {
    String label = NameRules.subdomain(asked);
    if (!grant.allowsSubdomain(label)) {
      throw new RefusedException("Your token does not allow the subdomain '%s'.".formatted(label));
    }
    return urls.below(label);
  }
}
