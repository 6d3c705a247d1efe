package io.pgrok.pgrokd.http;

import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.tunnel.Protocol;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where a request comes from: the peer itself, or whom a trusted proxy in front names.
 *
 * @param visitor the rightmost address that is no trusted proxy's; what rules are applied to
 * @param chain the value of X-Forwarded-For to pass on, visitor first
 * @param protocol {@code http} or {@code https}: what the visitor speaks
 * @param host the authority that the visitor asked for
 */
record Origin(String visitor, String chain, String protocol, String host) {

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._~\\[\\]:-]{1,300}");

  /**
   * @param peer who is connected to us
   */
  static Origin of(RequestHead request, InetAddress peer, Protocol spoken, TrustedProxies trusted) {
    String address = peer.getHostAddress();
    if (!trusted.contains(peer)) {
      return new Origin(address, address, spoken.wireName(), request.authority());
    }
    List<String> chain = new ArrayList<>(request.head().list("x-forwarded-for"));
    chain.add(address);
    // From the right: what a trusted proxy says of its peer counts, what that peer said does not.
    int from = chain.size() - 1;
    while (from > 0 && isTrusted(chain.get(from), trusted) && isAddress(chain.get(from - 1))) {
      from--;
    }
    String protocol = last(request, "x-forwarded-proto");
    String host = last(request, "x-forwarded-host");
    return new Origin(
        chain.get(from),
        String.join(", ", chain.subList(from, chain.size())),
        protocol.equals("http") || protocol.equals("https") ? protocol : spoken.wireName(),
        HOST.matcher(host).matches() ? host : request.authority());
  }

  private static String last(RequestHead request, String lowerName) {
    List<String> values = request.head().list(lowerName);
    return values.isEmpty() ? "" : values.getLast();
  }

  private static boolean isAddress(String text) {
    try {
      InetAddress.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isTrusted(String address, TrustedProxies trusted) {
    return isAddress(address) && trusted.contains(InetAddress.ofLiteral(address));
  }

  /** The value of Forwarded (RFC 7239). */
  String forwarded() {
    String node = visitor.indexOf(':') >= 0 ? "\"[" + visitor + "]\"" : visitor;
    return "for=" + node + ";host=\"" + host + "\";proto=" + protocol;
  }
}
