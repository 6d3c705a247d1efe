package io.pgrok.agent.config;

import io.pgrok.agent.config.Link.ClientCertificate;
import io.pgrok.protocol.agent.AgentConfig;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a {@link SessionSpec} of a file and the flags. Pure but for the errors it throws. */
public final class SessionSpecs {

  /** Where pgrokd listens for agents when nobody says anything. */
  public static final String DEFAULT_SERVER = "localhost:4443";

  private SessionSpecs() {}

  /**
   * Resolves a whole file.
   *
   * @throws InvalidConfigException naming file, line and key
   */
  public static SessionSpec resolve(ConfigText file, Flags flags) throws InvalidConfigException {
    return resolve(file, file.parse(), flags);
  }

  /**
   * Resolves a file with more tunnels of a session, of which only the tunnels count.
   *
   * @throws InvalidConfigException naming file, line and key
   */
  static SessionSpec part(ConfigText file, Flags flags) throws InvalidConfigException {
    AgentConfig config = file.parse();
    if (!config.equals(AgentConfig.tunnels(config.tunnels()))) {
      throw new InvalidConfigException(
          file.displayName() + ": may say tunnels and nothing else; the rest goes into the .yml");
    }
    return resolve(file, config, flags);
  }

  static SessionSpec resolve(ConfigText file, AgentConfig config, Flags flags)
      throws InvalidConfigException {
    List<TunnelSpec> tunnels = new ArrayList<>();
    for (Map.Entry<String, TunnelConfig> tunnel : config.tunnels().entrySet()) {
      tunnels.add(tunnel(file, tunnel.getKey(), tunnel.getValue()));
    }
    if (config.inspectAddr() != null && !config.inspectAddr().equals("disabled")) {
      checked(
          file,
          List.of("inspect_addr"),
          config.inspectAddr(),
          text -> HostPort.parse(text, "127.0.0.1"));
    }
    return new SessionSpec(file.name(), link(file, config, flags), tunnels, config.inspectAddr());
  }

  /** What the file and the flags say of the way to the server. */
  static Link link(ConfigText file, AgentConfig config, Flags flags) throws InvalidConfigException {
    HostPort server =
        checked(
            file,
            List.of("server_addr"),
            "-serveraddr",
            flags.serverAddr(),
            firstNonEmpty(config.serverAddr(), DEFAULT_SERVER),
            text -> HostPort.parse(text, "localhost"));
    String ca = firstNonEmpty(flags.serverCa(), orEmpty(config.serverCa()));
    Path crt = path(flags.tlsClientCrt(), file, config.tlsClientCrt());
    Path key = path(flags.tlsClientKey(), file, config.tlsClientKey());
    if ((crt == null) != (key == null)) {
      throw new InvalidConfigException(
          file.displayName()
              + ": a client certificate needs both -tlsClientCrt (tls_client_crt) and -tlsClientKey"
              + " (tls_client_key)");
    }
    return new Link(
        server,
        firstNonEmpty(flags.authToken(), orEmpty(config.authToken())),
        ca.isEmpty()
            ? roots(config)
            : Trust.parse(ca, isGiven(flags.serverCa()) ? Path.of("") : file.base()),
        crt == null || key == null ? null : new ClientCertificate(crt, key),
        proxy(file, config, server));
  }

  private static Trust roots(AgentConfig config) {
    return Boolean.TRUE.equals(config.trustHostRootCerts())
        ? new Trust.HostRoots()
        : new Trust.SystemRoots();
  }

  private static @Nullable HttpProxy proxy(ConfigText file, AgentConfig config, HostPort server)
      throws InvalidConfigException {
    String configured = orEmpty(config.httpProxy());
    if (!configured.isEmpty()) {
      return checked(file, List.of("http_proxy"), configured, HttpProxy::parse);
    }
    try {
      return HttpProxy.of(System.getenv(), server);
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigException("the environment's http_proxy " + e.getMessage());
    }
  }

  private static TunnelSpec tunnel(ConfigText file, String name, @Nullable TunnelConfig config)
      throws InvalidConfigException {
    if (config == null || config.proto().isEmpty()) {
      throw file.invalid(
          List.of("tunnels", name),
          "needs proto with a private address, such as proto: {http: 8080}");
    }
    SortedMap<Protocol, PrivateAddress> targets = new TreeMap<>();
    for (Map.Entry<String, String> proto : config.proto().entrySet()) {
      List<String> path = List.of("tunnels", name, "proto", proto.getKey());
      List<Protocol> protocols = checked(file, path, proto.getKey(), Protocol::parseJoined);
      PrivateAddress target = checked(file, path, orEmpty(proto.getValue()), PrivateAddress::parse);
      if (target.needsHttp() && !protocols.stream().allMatch(Protocol::isHttp)) {
        throw file.invalid(path, "must be host:port; https:// and h2c:// are for http and https");
      }
      protocols.forEach(protocol -> targets.put(protocol, target));
    }
    String subdomain = orEmpty(config.subdomain());
    String hostname = orEmpty(config.hostname());
    if (subdomain.isEmpty()
        && hostname.isEmpty()
        && targets.keySet().stream().anyMatch(Protocol::isNamed)) {
      // As the reference does: a name with dots is a whole host name.
      if (name.contains(".")) {
        hostname = name;
      } else {
        subdomain = name;
      }
    }
    PathRoutes routes = PathRoutes.resolve(file, List.of("tunnels", name, "routes"), config);
    if (!routes.isEmpty() && !targets.keySet().stream().allMatch(Protocol::isHttp)) {
      throw file.invalid(
          List.of("tunnels", name, "routes"), "are for tunnels of http and https only");
    }
    List<PrivateAddress> addresses = new ArrayList<>(targets.values());
    addresses.addAll(routes.addresses());
    return new TunnelSpec(
        name,
        config.revision(),
        subdomain,
        hostname,
        checked(
            file, List.of("tunnels", name, "auth"), orEmpty(config.auth()), TunnelSpec::parseAuth),
        Objects.requireNonNullElse(config.remotePort(), 0),
        VisitorRulesConfig.parse(file, name, config.visitors(), targets.keySet()),
        targets,
        Upstreams.resolve(
            file,
            List.of("tunnels", name, "upstream"),
            config.upstream(),
            targets.keySet(),
            addresses),
        config.inspect(),
        routes,
        Certificates.read(
            file, List.of("tunnels", name, "certificate"), config.certificate(), targets.keySet()));
  }

  /** A flag that is given beats the file's value; each error names where the value came from. */
  private static <T> T checked(
      ConfigText file,
      List<String> path,
      String flagName,
      @Nullable String flag,
      String fileValue,
      Function<String, T> parser)
      throws InvalidConfigException {
    if (!isGiven(flag)) {
      return checked(file, path, fileValue, parser);
    }
    try {
      return parser.apply(orEmpty(flag));
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigException(flagName + " " + e.getMessage());
    }
  }

  private static <T> T checked(
      ConfigText file, List<String> path, String value, Function<String, T> parser)
      throws InvalidConfigException {
    try {
      return parser.apply(value);
    } catch (IllegalArgumentException e) {
      throw file.invalid(path, String.valueOf(e.getMessage()));
    }
  }

  /** A flag's path is relative to the working directory. Null when neither names one. */
  private static @Nullable Path path(
      @Nullable String flag, ConfigText file, @Nullable String inFile) {
    if (isGiven(flag)) {
      return Path.of(orEmpty(flag));
    }
    return isGiven(inFile) ? file.base().resolve(orEmpty(inFile)) : null;
  }

  static boolean isGiven(@Nullable String value) {
    return value != null && !value.isEmpty();
  }

  private static String firstNonEmpty(@Nullable String first, String otherwise) {
    return first == null || first.isEmpty() ? otherwise : first;
  }

  private static String orEmpty(@Nullable String value) {
    return Objects.requireNonNullElse(value, "");
  }
}
