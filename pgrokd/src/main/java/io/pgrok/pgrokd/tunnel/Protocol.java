package io.pgrok.pgrokd.tunnel;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What visitors speak to a tunnel. */
public enum Protocol {
  HTTP(80),
  HTTPS(443),
  TCP(0),
  /** TLS that the private service ends: a name on the HTTPS port, found by SNI. */
  TLS(443);

  private final int defaultPort;

  Protocol(int defaultPort) {
    this.defaultPort = defaultPort;
  }

  /** Whether visitors speak HTTP and address a name. */
  public boolean isWeb() {
    return this == HTTP || this == HTTPS;
  }

  /** Whether visitors come to a port for all tunnels, and address one by a name. */
  public boolean isNamed() {
    return this != TCP;
  }

  /** Whose port it is that visitors come to. */
  Protocol listener() {
    return this == TLS ? HTTPS : this;
  }

  /** The port that a URL leaves out; 0 for TCP, which always names it. */
  public int defaultPort() {
    return defaultPort;
  }

  /** As on the wire and in URLs. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@code ReqTunnel.Protocol}.
   *
   * @param joined one name, or several joined by {@code +}
   * @return in the order given, without repetitions
   * @throws RefusedException for a name that is none of these
   */
  public static List<Protocol> parse(String joined) throws RefusedException {
    Set<Protocol> found = EnumSet.noneOf(Protocol.class);
    List<Protocol> inOrder = new ArrayList<>();
    for (String name : joined.split("\\+", -1)) {
      Protocol protocol = named(name.strip());
      if (found.add(protocol)) {
        inOrder.add(protocol);
      }
    }
    return List.copyOf(inOrder);
  }

  private static Protocol named(String name) throws RefusedException {
    for (Protocol protocol : values()) {
      if (protocol.wireName().equals(name.toLowerCase(Locale.ROOT))) {
        return protocol;
      }
    }
    throw new RefusedException(
        "The protocol '%s' is not supported: use http, https, http+https, tcp or tls."
            .formatted(RefusedException.printable(name)));
  }
}
