package io.pgrok.agent.config;

import io.pgrok.agent.config.Upstream.HostHeader;
import io.pgrok.agent.config.Upstream.ProxyProtocol;
import io.pgrok.protocol.agent.AgentConfig.UpstreamConfig;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import io.pgrok.protocol.http.Head;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes an {@link Upstream} of a tunnel's {@code upstream}. Pure but for the errors it throws. */
final class Upstreams {

  /** They say where a message ends or belong to one connection: a rule on them breaks both. */
  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final String HTTP_ONLY = "is for tunnels of http or https";

  private final ConfigText file;
  private final List<String> path;

  private Upstreams(ConfigText file, List<String> path) {
    this.file = file;
    this.path = path;
  }

  /**
   * @param path the keys that lead to {@code upstream}
   * @param protocols of the tunnel
   * @param addresses of all its private services
   * @throws InvalidConfigException naming file, line and key
   */
  static Upstream resolve(
      ConfigText file,
      List<String> path,
      @Nullable UpstreamConfig config,
      Set<Protocol> protocols,
      Collection<PrivateAddress> addresses)
      throws InvalidConfigException {
    return config == null
        ? Upstream.PLAIN
        : new Upstreams(file, path).resolve(config, protocols, addresses);
  }

  private Upstream resolve(
      UpstreamConfig config, Set<Protocol> protocols, Collection<PrivateAddress> addresses)
      throws InvalidConfigException {
    Upstream upstream =
        new Upstream(
            host(config.hostHeader()),
            headers("request_headers", config.requestHeaders()),
            headers("response_headers", config.responseHeaders()),
            proxyProtocol(config.proxyProtocol()),
            config.ca() == null || config.ca().isEmpty()
                ? new Trust.SystemRoots()
                : Trust.parse(config.ca(), file.base()),
            Boolean.TRUE.equals(config.insecureSkipVerify()));
    if (protocols.stream().noneMatch(Protocol::isHttp)) {
      refuse(!(upstream.host() instanceof HostHeader.Preserve), "host_header", HTTP_ONLY);
      refuse(!upstream.requestHeaders().isEmpty(), "request_headers", HTTP_ONLY);
      refuse(!upstream.responseHeaders().isEmpty(), "response_headers", HTTP_ONLY);
    }
    if (speakTls(addresses)) {
      refuse(
          upstream.anyCertificate() && !(upstream.trust() instanceof Trust.SystemRoots),
          "insecure_skip_verify",
          "makes ca useless: give one of the two");
    } else {
      String noTls = "is for private addresses that begin with https://";
      refuse(!(upstream.trust() instanceof Trust.SystemRoots), "ca", noTls);
      refuse(upstream.anyCertificate(), "insecure_skip_verify", noTls);
    }
    return upstream;
  }

  private static boolean speakTls(Collection<PrivateAddress> addresses) {
    return addresses.stream().anyMatch(address -> address.speaks() == PrivateAddress.Speaks.HTTPS);
  }

  private HostHeader host(@Nullable String text) throws InvalidConfigException {
    return switch (Objects.requireNonNullElse(text, "preserve")) {
      case "", "preserve" -> new HostHeader.Preserve();
      case "rewrite" -> new HostHeader.Rewrite();
      case String value when value.matches("[A-Za-z0-9._~:\\[\\]-]{1,253}") ->
          new HostHeader.Fixed(value);
      default -> throw invalid("host_header", "must be preserve, rewrite or a host[:port] to send");
    };
  }

  private Map<String, String> headers(String key, Map<String, String> headers)
      throws InvalidConfigException {
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      List<String> at = List.of(key, header.getKey());
      if (!Head.isToken(name)) {
        throw invalid(at, "is no header's name: letters, digits and -_.~ only");
      }
      if (name.equals("host")) {
        throw invalid(at, "is set with host_header");
      }
      if (RESERVED.contains(name)) {
        throw invalid(at, "cannot be changed: it belongs to the connection or the framing");
      }
      if (header.getValue() == null) {
        throw invalid(at, "needs a value; \"\" removes the header");
      }
      if (header.getValue().chars().anyMatch(c -> (c < ' ' && c != '\t') || c >= 0x7f)) {
        throw invalid(at, "must be printable ASCII on one line");
      }
    }
    return headers;
  }

  private @Nullable ProxyProtocol proxyProtocol(@Nullable String text)
      throws InvalidConfigException {
    return switch (text) {
      case null -> null;
      case "" -> null;
      case "v1" -> ProxyProtocol.V1;
      case "v2" -> ProxyProtocol.V2;
      default -> throw invalid("proxy_protocol", "must be v1 or v2");
    };
  }

  private void refuse(boolean condition, String key, String why) throws InvalidConfigException {
    if (condition) {
      throw invalid(key, why);
    }
  }

  private InvalidConfigException invalid(String key, String why) {
    return invalid(List.of(key), why);
  }

  private InvalidConfigException invalid(List<String> below, String why) {
    List<String> whole = new ArrayList<>(path);
    whole.addAll(below);
    return file.invalid(whole, why);
  }
}
