package io.pgrok.agent.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy that is asked to CONNECT to the server.
 *
 * @param userInfo {@code user:password}; empty for none
 */
public record HttpProxy(HostPort address, String userInfo) {

  /**
   * Reads {@code http://[user:password@]host[:port]}.
   *
   * @throws IllegalArgumentException saying what to write instead; it quotes nothing, since there
   *     may be a password in it
   */
  public static HttpProxy parse(String url) {
    try {
      URI uri = new URI(url.strip());
      if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
        throw new IllegalArgumentException("must be a URL such as http://proxy.example.com:3128");
      }
      String host = uri.getHost().replaceAll("[\\[\\]]", "");
      return new HttpProxy(
          new HostPort(host, uri.getPort() < 0 ? 80 : uri.getPort()),
          uri.getUserInfo() == null ? "" : uri.getUserInfo());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("must be a URL such as http://proxy.example.com:3128", e);
    }
  }

  /**
   * What the environment says, in the way of curl: {@code http_proxy} is used unless the server is
   * on this machine or matched by {@code no_proxy}.
   */
  static @Nullable HttpProxy of(Map<String, String> environment, HostPort server) {
    String url = environment.getOrDefault("http_proxy", "");
    if (url.isBlank() || isLocal(server.host())) {
      return null;
    }
    String host = server.host().toLowerCase(Locale.ROOT);
    for (String entry : environment.getOrDefault("no_proxy", "").split(",", -1)) {
      String name = entry.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "");
      if (name.equals("*")
          || (!name.isEmpty() && (host.equals(name) || host.endsWith("." + name)))) {
        return null;
      }
    }
    return parse(url);
  }

  private static boolean isLocal(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
  }

  /** The value of {@code Proxy-Authorization}; null for none. */
  public @Nullable String authorization() {
    return userInfo.isEmpty()
        ? null
        : "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
  }

  /** Leaves the password out. */
  @Override
  public String toString() {
    return "HttpProxy[" + address + "]";
  }
}
