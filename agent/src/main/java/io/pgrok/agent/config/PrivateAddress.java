package io.pgrok.agent.config;

/**
 * Where a private service listens, and what it speaks there.
 *
 * @param at its address
 */
public record PrivateAddress(Speaks speaks, HostPort at) {

  /** What goes over the private connection. */
  public enum Speaks {
    /** The visitor's bytes as they are. */
    PLAIN(""),
    /** HTTP/1.1 inside TLS. */
    HTTPS("https://"),
    /** HTTP/2 without TLS, from the first byte on (RFC 9113 section 3.3): gRPC in a cluster. */
    H2C("h2c://");

    private final String prefix;

    Speaks(String prefix) {
      this.prefix = prefix;
    }
  }

  /** One that gets the visitor's bytes as they are. */
  public static PrivateAddress plain(HostPort at) {
    return new PrivateAddress(Speaks.PLAIN, at);
  }

  /**
   * Reads {@code [http:// | https:// | h2c://]host:port}, {@code :port} or {@code port}.
   *
   * @throws IllegalArgumentException saying what to write instead
   */
  public static PrivateAddress parse(String text) {
    String address = text.strip();
    if (address.startsWith("http://")) {
      return plain(HostPort.parse(withPort(address.substring("http://".length()), 80), LOCAL));
    }
    if (address.startsWith(Speaks.HTTPS.prefix)) {
      String rest = address.substring(Speaks.HTTPS.prefix.length());
      return new PrivateAddress(Speaks.HTTPS, HostPort.parse(withPort(rest, 443), LOCAL));
    }
    if (address.startsWith(Speaks.H2C.prefix)) {
      String rest = address.substring(Speaks.H2C.prefix.length());
      return new PrivateAddress(Speaks.H2C, HostPort.parse(rest, LOCAL));
    }
    return plain(HostPort.parse(address, LOCAL));
  }

  private static final String LOCAL = "127.0.0.1";

  /** A URL's host may leave the port out; a lone number stays a port. */
  private static String withPort(String rest, int port) {
    boolean bracketed = rest.endsWith("]");
    boolean bare = !rest.contains(":") && !rest.matches("[0-9]*");
    return bracketed || bare ? rest + ":" + port : rest;
  }

  /** Whether only HTTP can be spoken to it. */
  public boolean needsHttp() {
    return speaks != Speaks.PLAIN;
  }

  /**
   * What a Host header for the service itself says: the port only where it is not the usual one.
   */
  public String authority() {
    int usual = speaks == Speaks.HTTPS ? 443 : 80;
    String text = at.toString();
    return at.port() == usual ? text.substring(0, text.lastIndexOf(':')) : text;
  }

  @Override
  public String toString() {
    return speaks.prefix + at;
  }
}
