package io.pgrok.pgrokd.http;

import io.pgrok.pgrokd.router.Router;
import io.pgrok.pgrokd.tunnel.Access;
import io.pgrok.pgrokd.tunnel.BasicAuth;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.protocol.share.ShareLink;
import io.pgrok.protocol.share.ShareLink.Verdict;
import java.net.InetAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A tunnel's rules, applied to one request. Pure. */
final class Admission {

  private Admission() {}

  /** What to answer in the place of the private service; null when the request may go there. */
  static @Nullable Answer refusal(Access access, RequestHead request, Origin origin, Instant now) {
    if (!access.allows(InetAddress.ofLiteral(origin.visitor()))) {
      return Answer.forbidden(
          "This tunnel is not open to your address", "Its owner allows some networks only.");
    }
    if (access.httpsPort() != 0 && origin.protocol().equals(Protocol.HTTP.wireName())) {
      return Answer.moved(https(origin.host(), access.httpsPort()) + request.target());
    }
    ShareLink share = access.share();
    return share == null
        ? unauthorized(access.auth(), request)
        : unshared(access.auth(), share, request, origin, now);
  }

  private static String https(String host, int port) {
    String name = Router.hostOf(host);
    return "https://" + name + (port == Protocol.HTTPS.defaultPort() ? "" : ":" + port);
  }

  private static @Nullable Answer unauthorized(@Nullable BasicAuth auth, RequestHead request) {
    return auth == null || auth.admits(request.first("authorization"))
        ? null
        : Answer.passwordRequired();
  }

  /** A link first, so that it replaces a cookie that has ended. */
  private static @Nullable Answer unshared(
      @Nullable BasicAuth auth, ShareLink share, RequestHead request, Origin origin, Instant now) {
    String host = Router.hostOf(request.authority());
    String link = ShareTicket.ofTarget(request.target());
    Verdict ofLink = link == null ? new Verdict.Forged() : share.check(host, link, now);
    if (link != null && ofLink instanceof Verdict.Good(Instant until)) {
      // A body would be lost on the way to the redirect: such a request goes through by its link.
      return request.hasBody() || !request.isSafe()
          ? null
          : ShareTicket.redirect(request, origin, link, now, until);
    }
    String cookie = ShareTicket.ofCookies(request);
    if (cookie != null && share.check(host, cookie, now) instanceof Verdict.Good) {
      return null;
    }
    if (auth != null) {
      return unauthorized(auth, request);
    }
    return ofLink instanceof Verdict.Expired
        ? Answer.forbidden("This link has expired", "Ask whoever sent it for a new one.")
        : Answer.forbidden(
            "This tunnel is open to visitors with a link only",
            "Ask its owner for one, and open it as it is.");
  }
}
