package io.pgrok.pgrokd.control;

import io.pgrok.pgrokd.tunnel.Access;
import io.pgrok.pgrokd.tunnel.BasicAuth;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.PublicUrls;
import io.pgrok.pgrokd.tunnel.RefusedException;
import io.pgrok.protocol.message.Message.ReqTunnel;
import io.pgrok.protocol.message.VisitorRules;
import io.pgrok.protocol.net.Networks;
import io.pgrok.protocol.share.ShareLink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The demands of a ReqTunnel, understood. One that cannot be met for each of its protocols refuses
 * the tunnel: a rule never gets lost.
 */
final class RequestedAccess {

  private RequestedAccess() {}

  /**
   * @throws RefusedException with a sentence for the person who asked
   */
  static Access of(ReqTunnel request, List<Protocol> protocols, PublicUrls urls)
      throws RefusedException {
    boolean web = protocols.stream().anyMatch(Protocol::isWeb);
    BasicAuth auth = web && !request.httpAuth().isEmpty() ? BasicAuth.of(request.httpAuth()) : null;
    if (protocols.contains(Protocol.TLS) && !request.httpAuth().isEmpty()) {
      throw new RefusedException("HttpAuth works for http and https only: leave it out for tls.");
    }
    VisitorRules rules = request.rules();
    if (rules == null) {
      return auth == null ? Access.OPEN : new Access(auth, null, 0, null);
    }
    if (!protocols.stream().allMatch(Protocol::isWeb)) {
      requireNoWebRules(rules);
    }
    return new Access(auth, allowed(rules), httpsPort(rules, urls), share(rules));
  }

  private static void requireNoWebRules(VisitorRules rules) throws RefusedException {
    if (rules.redirectHttps() || !rules.shareKey().isEmpty()) {
      throw new RefusedException(
          "RedirectHttps and ShareKey work for http and https only: leave them out for tcp and"
              + " tls.");
    }
  }

  private static @Nullable Networks allowed(VisitorRules rules) throws RefusedException {
    if (rules.allowedCidrs().isEmpty()) {
      return null;
    }
    try {
      return Networks.parse(rules.allowedCidrs());
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          "AllowedCidrs: %s."
              .formatted(RefusedException.printable(String.valueOf(e.getMessage()))));
    }
  }

  private static int httpsPort(VisitorRules rules, PublicUrls urls) throws RefusedException {
    if (!rules.redirectHttps()) {
      return 0;
    }
    return urls.httpsPort()
        .orElseThrow(() ->
            new RefusedException(
                "RedirectHttps: this server does not listen for https, and knows of no proxy that"
                    + " does (-trustedProxies), so that there is nowhere to redirect to."));
  }

  private static @Nullable ShareLink share(VisitorRules rules) throws RefusedException {
    if (rules.shareKey().isEmpty()) {
      return null;
    }
    try {
      return ShareLink.of(rules.shareKey());
    } catch (IllegalArgumentException e) {
      throw new RefusedException("ShareKey: %s.".formatted(e.getMessage()));
    }
  }
}
