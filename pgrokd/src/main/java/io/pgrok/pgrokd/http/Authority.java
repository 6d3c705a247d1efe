package io.pgrok.pgrokd.http;

/** Whom a request is for, as it says it. */
final class Authority {

  private static final int LONGEST_NAME = 253;
  private static final int SHORTEST_IPV6 = 2;
  private static final int LONGEST_IPV6 = 45;
  private static final int PORT_DIGITS = 5;

  private Authority() {}

  /** Whether it is a name, an IPv4 address or an IPv6 address in brackets; then maybe a port. */
  static boolean isValid(String text) {
    int end = text.startsWith("[") ? ipv6End(text) : nameEnd(text);
    return end > 0 && isPortOrNothing(text, end);
  }

  /** 0 when it does not begin with one. */
  private static int nameEnd(String text) {
    int end = 0;
    while (end < text.length() && isOfName(text.charAt(end))) {
      end++;
    }
    return end <= LONGEST_NAME ? end : 0;
  }

  private static int ipv6End(String text) {
    int close = 1;
    while (close < text.length() && isOfIpv6(text.charAt(close))) {
      close++;
    }
    int length = close - 1;
    boolean whole = close < text.length() && text.charAt(close) == ']';
    return whole && length >= SHORTEST_IPV6 && length <= LONGEST_IPV6 ? close + 1 : 0;
  }

  private static boolean isPortOrNothing(String text, int from) {
    if (from == text.length()) {
      return true;
    }
    boolean port = text.charAt(from) == ':' && text.length() - from - 1 <= PORT_DIGITS;
    for (int i = from + 1; port && i < text.length(); i++) {
      port = isDigit(text.charAt(i));
    }
    return port;
  }

  private static boolean isOfName(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || "._~-".indexOf(c) >= 0;
  }

  private static boolean isOfIpv6(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
