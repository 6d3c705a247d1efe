package io.pgrok.agent.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What visitors speak, in the order in which a tunnel asks for its protocols. */
public enum Protocol {
  HTTP,
  HTTPS,
  TCP,
  /** TLS that the private service ends by itself. */
  TLS;

  /** As in {@code ReqTunnel.Protocol} and in the configuration file. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether visitors understand an HTTP answer of the agent's own. */
  public boolean isHttp() {
    return this == HTTP || this == HTTPS;
  }

  /** Whether visitors come to a name, and not to a port. */
  public boolean isNamed() {
    return this != TCP;
  }

  /**
   * Reads one protocol or several joined by {@code +}.
   *
   * @throws IllegalArgumentException naming the ones there are
   */
  public static List<Protocol> parseJoined(String joined) {
    List<Protocol> protocols = new ArrayList<>();
    for (String name : joined.split("\\+", -1)) {
      switch (name.strip()) {
        case "http" -> protocols.add(HTTP);
        case "https" -> protocols.add(HTTPS);
        case "tcp" -> protocols.add(TCP);
        case "tls" -> protocols.add(TLS);
        default ->
            throw new IllegalArgumentException("must be http, https, http+https, tcp or tls");
      }
    }
    return protocols.stream().distinct().sorted().toList();
  }
}
