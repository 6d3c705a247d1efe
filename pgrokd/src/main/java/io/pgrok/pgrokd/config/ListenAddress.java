package io.pgrok.pgrokd.config;

import java.net.InetSocketAddress;

/**
 * Where to listen.
 *
 * @param host name or address; empty for all addresses
 * @param port 0 (any that is free) to 65535
 */
public record ListenAddress(String host, int port) {

  /**
   * @param option the option that it belongs to, for the error
   * @param text {@code :80}, {@code 127.0.0.1:80}, {@code [::1]:80}
   * @throws StartupException when it is none of these
   */
  public static ListenAddress parse(String option, String text) throws StartupException {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      colon = -1;
    }
    try {
      int port = colon < 0 ? -1 : Integer.parseInt(text.substring(colon + 1));
      if (port >= 0 && port <= 65535) {
        return new ListenAddress(host, port);
      }
    } catch (NumberFormatException e) {
      // Answered below, as the other shapes.
    }
    throw new StartupException(
        "%s: '%s' is no address to listen on; write :8080, 127.0.0.1:8080 or [::1]:8080, or leave it empty to switch the listener off"
            .formatted(option, text));
  }

  /** Resolves a name. */
  public InetSocketAddress toSocketAddress() {
    return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
