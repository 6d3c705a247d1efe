package io.pgrok.pgrokd.http;

import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.protocol.http.Head;
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
    Claims claims = Claims.of(request.head());
    List<String> chain = new ArrayList<>(claims.chain());
    chain.add(address);
    // From the right: what a trusted proxy says of its peer counts, what that peer said does not.
    int from = chain.size() - 1;
    while (from > 0 && isTrusted(chain.get(from), trusted) && isAddress(chain.get(from - 1))) {
      from--;
    }
    String protocol = claims.protocol();
    String host = claims.host();
    return new Origin(
        chain.get(from),
        String.join(", ", chain.subList(from, chain.size())),
        protocol.equals("http") || protocol.equals("https") ? protocol : spoken.wireName(),
        HOST.matcher(host).matches() ? host : request.authority());
  }

  /**
   * What a proxy says in the X-Forwarded fields or, where it has none of them, in Forwarded. Not in
   * both: the one that it does not write may be the visitor's.
   *
   * @param chain addresses, without the ports that some add; anything else is left as it is
   */
  private record Claims(List<String> chain, String protocol, String host) {

    static Claims of(Head head) {
      List<String> chain = head.list("x-forwarded-for");
      List<String> protocol = head.list("x-forwarded-proto");
      List<String> host = head.list("x-forwarded-host");
      if (chain.isEmpty() && protocol.isEmpty() && host.isEmpty()) {
        List<String> elements = head.list("forwarded");
        chain = elements.stream().map(element -> parameter(element, "for")).toList();
        protocol = elements.stream().map(element -> parameter(element, "proto")).toList();
        host = elements.stream().map(element -> parameter(element, "host")).toList();
      }
      return new Claims(
          chain.stream().map(Claims::withoutPort).toList(), last(protocol), last(host));
    }

    private static String last(List<String> values) {
      return values.isEmpty() ? "" : values.getLast();
    }

    private static String parameter(String element, String name) {
      for (String pair : element.split(";")) {
        int equals = pair.indexOf('=');
        if (equals > 0 && pair.substring(0, equals).strip().equalsIgnoreCase(name)) {
          String value = pair.substring(equals + 1).strip();
          boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
          return quoted ? value.substring(1, value.length() - 1) : value;
        }
      }
      return "";
    }

    private static String withoutPort(String node) {
      int bracket = node.indexOf(']');
      if (node.startsWith("[") && bracket > 0) {
        return node.substring(1, bracket);
      }
      int colon = node.indexOf(':');
      return colon > 0 && colon == node.lastIndexOf(':') ? node.substring(0, colon) : node;
    }
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
