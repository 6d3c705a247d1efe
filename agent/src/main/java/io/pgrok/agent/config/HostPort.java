package io.pgrok.agent.config;

/**
 * A host name or IP address and a TCP port.
 *
 * @param host without the brackets of an IPv6 address
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {

  /**
   * Reads {@code host:port}, {@code [ipv6]:port}, {@code :port} or {@code port}.
   *
   * @param defaultHost for the last two
   * @throws IllegalArgumentException saying what to write instead
   */
  public static HostPort parse(String text, String defaultHost) {
    String trimmed = text.strip();
    int colon = trimmed.lastIndexOf(':');
    String host = colon < 0 ? "" : trimmed.substring(0, colon);
    if (trimmed.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@')) {
      throw new IllegalArgumentException("must be host:port, without scheme, path or spaces");
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw new IllegalArgumentException("must be host:port, with [ ] around an IPv6 address");
    }
    return new HostPort(host.isEmpty() ? defaultHost : host, port(trimmed.substring(colon + 1)));
  }

  private static int port(String text) {
    if (text.matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65535) {
        return port;
      }
    }
    throw new IllegalArgumentException(
        "must be a port from 1 to 65535 or host:port, such as 8080 or 127.0.0.1:8080");
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
