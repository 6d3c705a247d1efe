package io.pgrok.pgrokd.config;

import io.pgrok.protocol.grant.PortRange;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * All that can be set, and the only place where it is said: flags with one dash or two, the
 * reference's names and ours. Environment variables, keys of the configuration file ({@link
 * Settings}) and the reference page are made from it.
 */
public final class Options {

  private static final Duration LONGEST = Duration.ofHours(24);

  @Option(
      names = {"-config", "--config"},
      paramLabel = "FILE",
      description = "YAML file with these options, without dashes, as keys.")
  private @Nullable Path config;

  @Option(
      names = {"-httpAddr", "--httpAddr"},
      paramLabel = "ADDRESS",
      defaultValue = ":80",
      description =
          "Listen here for visitors of HTTP tunnels; empty: not at all (${DEFAULT-VALUE}).")
  private String httpAddr = ":80";

  @Option(
      names = {"-httpsAddr", "--httpsAddr"},
      paramLabel = "ADDRESS",
      defaultValue = ":443",
      description =
          "Listen here for visitors of HTTPS tunnels; empty: not at all (${DEFAULT-VALUE}).")
  private String httpsAddr = ":443";

  @Option(
      names = {"-tunnelAddr", "--tunnelAddr"},
      paramLabel = "ADDRESS",
      defaultValue = ":4443",
      description = "Listen here for agents (${DEFAULT-VALUE}).")
  private String tunnelAddr = ":4443";

  @Option(
      names = {"-adminAddr", "--adminAddr"},
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1:4444",
      description =
          "Listen here for health checks (/healthz, /readyz); empty: not at all"
              + " (${DEFAULT-VALUE}).")
  private String adminAddr = "127.0.0.1:4444";

  @Option(
      names = {"-domain", "--domain"},
      paramLabel = "NAME",
      defaultValue = "localhost",
      description = "Domain that tunnels live under (${DEFAULT-VALUE}).")
  private String domain = "localhost";

  @Option(
      names = {"-vhost", "--vhost"},
      paramLabel = "HOST[:PORT]",
      description =
          "What URLs of tunnels name in place of domain and port, where visitors come another way"
              + " than to this server's own ports. A port is that of HTTP. The environment variable"
              + " VHOST is known, too.")
  private String vhost = "";

  @Option(
      names = {"-tcpPorts", "--tcpPorts"},
      paramLabel = "PORTS",
      split = ",",
      description =
          "TCP ports that tunnels may have, such as 7000-7999; comma-separated; none: no tunnel gets"
              + " one. Left out: all that are free.")
  private List<String> tcpPorts = new ArrayList<>();

  @Option(
      names = {"-tlsCrt", "--tlsCrt"},
      paramLabel = "FILE",
      split = ",",
      description =
          "Certificate chain in PEM; may be repeated, visitors are shown the one for the name that"
              + " they ask for. None: a development certificate is made.")
  private List<Path> tlsCrt = new ArrayList<>();

  @Option(
      names = {"-tlsKey", "--tlsKey"},
      paramLabel = "FILE",
      split = ",",
      description = "Private key of -tlsCrt in PEM; as often as that, in the same order.")
  private List<Path> tlsKey = new ArrayList<>();

  @Option(
      names = {"-tunnelTLSClientCA", "--tunnelTLSClientCA"},
      paramLabel = "FILE",
      description = "Agents must have a client certificate of these authorities.")
  private @Nullable Path tunnelTlsClientCa;

  @Option(
      names = {"-tlsClientCA", "--tlsClientCA"},
      paramLabel = "FILE",
      description =
          "Visitors of HTTPS tunnels must have a client certificate of these authorities.")
  private @Nullable Path tlsClientCa;

  @Option(
      names = {"-authTokenFile", "--authTokenFile"},
      paramLabel = "FILE",
      split = ",",
      description =
          "YAML file that lists the tokens of agents; may be repeated. Neither this nor"
              + " -authJwksFile: everybody may open tunnels.")
  private List<Path> authTokenFiles = new ArrayList<>();

  @Option(
      names = {"-authJwksFile", "--authJwksFile"},
      paramLabel = "FILE",
      description =
          "JSON Web Key Set with the Ed25519 public keys of signed tokens, which agents may use"
              + " too.")
  private @Nullable Path authJwksFile;

  @Option(
      names = {"-authUpdates", "--authUpdates"},
      paramLabel = "DIRECTORY",
      description =
          "Where newer versions of the -authTokenFile and -authJwksFile may appear: a file of the"
              + " same name counts in place of one that was written earlier.")
  private @Nullable Path authUpdates;

  @Option(
      names = {"-trustedProxies", "--trustedProxies"},
      paramLabel = "NETWORK",
      split = ",",
      description =
          "Proxies in front of this server, as addresses or networks (10.0.0.0/8), whose"
              + " X-Forwarded-For, -Proto and -Host, or else Forwarded, are believed;"
              + " comma-separated. None: nobody's.")
  private List<String> trustedProxies = new ArrayList<>();

  @Option(
      names = {"-proxyProtocol", "--proxyProtocol"},
      description =
          "The -trustedProxies begin each connection to a public port with a PROXY protocol header"
              + " (version 1 or 2); nobody else's is believed.")
  private boolean proxyProtocol;

  @Option(
      names = {"-classicProxyConnections", "--classicProxyConnections"},
      paramLabel = "BOOL",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "true",
      description =
          "Whether to take agents of the classic protocol, which prove nothing on their proxy"
              + " connections but a ClientId (${DEFAULT-VALUE}).")
  private boolean classicProxyConnections = true;

  @Option(
      names = {"-maxConnectionsPerAddress", "--maxConnectionsPerAddress"},
      paramLabel = "N",
      defaultValue = "2048",
      description =
          "Connections of one visitor's address at once; requests at once where a trusted proxy"
              + " names the visitor; connections of one address to -tunnelAddr that have not said"
              + " yet what they are (${DEFAULT-VALUE}).")
  private int maxConnectionsPerAddress = Limits.DEFAULT.connectionsPerAddress();

  @Option(
      names = {"-maxVisitsPerTunnel", "--maxVisitsPerTunnel"},
      paramLabel = "N",
      defaultValue = "10000",
      description = "Requests and raw connections of one tunnel at once (${DEFAULT-VALUE}).")
  private int maxVisitsPerTunnel = Limits.DEFAULT.visitsPerTunnel();

  @Option(
      names = {"-maxTunnelsPerToken", "--maxTunnelsPerToken"},
      paramLabel = "N",
      defaultValue = "10000",
      description = "Tunnels of one token's name at once (${DEFAULT-VALUE}).")
  private int maxTunnelsPerToken = Limits.DEFAULT.tunnelsPerToken();

  @Option(
      names = {"-maxSessionsPerToken", "--maxSessionsPerToken"},
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Agents of one token's name at once; without tokens those of one address"
              + " (${DEFAULT-VALUE}).")
  private int maxSessionsPerToken = Limits.DEFAULT.sessionsPerToken();

  @Option(
      names = {"-timeouts", "--timeouts"},
      paramLabel = "NAME=TIME",
      split = ",",
      description =
          "Times of the table of limits that are to be others, such as requestHead=5s,drain=1m;"
              + " comma-separated.")
  private Map<String, String> timeouts = new LinkedHashMap<>();

  @Option(
      names = {"-accessLog", "--accessLog"},
      paramLabel = "TARGET",
      description = "Where each request gets a line of JSON: stdout or a file; none: nowhere.")
  private @Nullable String accessLog;

  @Option(
      names = {"-dataDir", "--dataDir"},
      paramLabel = "DIRECTORY",
      description =
          "Where the development certificate is kept ($XDG_DATA_HOME/pgrok or"
              + " ~/.local/share/pgrok).")
  private @Nullable Path dataDir;

  @Option(
      names = {"-log", "--log"},
      paramLabel = "TARGET",
      defaultValue = "stdout",
      description = "Where log lines go: stdout, none or a file (${DEFAULT-VALUE}).")
  private String log = "stdout";

  @Option(
      names = {"-log-level", "--log-level"},
      paramLabel = "LEVEL",
      defaultValue = "INFO",
      description = "DEBUG, INFO, WARNING or ERROR (${DEFAULT-VALUE}).")
  private String logLevel = "INFO";

  public String log() {
    return log;
  }

  public String logLevel() {
    return logLevel;
  }

  /**
   * @param environment of the process: XDG_DATA_HOME
   * @throws StartupException naming the option that is wrong
   */
  public ServerConfig toConfig(Map<String, String> environment) throws StartupException {
    try {
      return new ServerConfig(
          address("-httpAddr", httpAddr),
          address("-httpsAddr", httpsAddr),
          address("-tunnelAddr", tunnelAddr),
          address("-adminAddr", adminAddr),
          domain,
          vhost.isEmpty() ? null : ServerConfig.PublicHost.parse(vhost),
          certificates(),
          tunnelTlsClientCa,
          tlsClientCa,
          authTokenFiles,
          authJwksFile,
          authUpdates,
          classicProxyConnections,
          ports(),
          trusted(),
          proxyProtocol,
          new Limits(
              maxConnectionsPerAddress,
              maxVisitsPerTunnel,
              maxTunnelsPerToken,
              maxSessionsPerToken),
          accessLog == null || accessLog.isEmpty() || accessLog.equals("none") ? null : accessLog,
          dataDir != null ? dataDir : defaultDataDir(environment),
          timing());
    } catch (IllegalArgumentException e) {
      throw new StartupException(String.valueOf(e.getMessage()));
    }
  }

  private Timing timing() throws StartupException {
    Map<String, Duration> times = new HashMap<>();
    try {
      timeouts.forEach((name, time) -> times.put(name, time(name, time)));
      return Timing.of(times);
    } catch (IllegalArgumentException e) {
      throw new StartupException("-timeouts: " + e.getMessage());
    }
  }

  private static Duration time(String name, String text) {
    try {
      Duration time = Duration.parse("PT" + text);
      if (time.isPositive() && time.compareTo(LONGEST) <= 0) {
        return time;
      }
    } catch (DateTimeParseException e) {
      // Answered below, as a time that is out of range.
    }
    throw new IllegalArgumentException(
        "%s: '%s' is no time up to 24h; write 10s, 4.5s or 1m30s".formatted(name, text));
  }

  private @Nullable List<PortRange> ports() throws StartupException {
    List<String> given = tcpPorts.stream().filter(text -> !text.isBlank()).toList();
    if (given.equals(List.of("none"))) {
      return List.of();
    }
    try {
      return given.isEmpty() ? null : given.stream().map(PortRange::of).toList();
    } catch (IllegalArgumentException e) {
      throw new StartupException("-tcpPorts: " + e.getMessage());
    }
  }

  private static @Nullable ListenAddress address(String option, String text)
      throws StartupException {
    return text.isEmpty() ? null : ListenAddress.parse(option, text);
  }

  private TrustedProxies trusted() throws StartupException {
    if (proxyProtocol && trustedProxies.isEmpty()) {
      throw new StartupException(
          "-proxyProtocol needs -trustedProxies: the load balancers whose headers are believed");
    }
    return TrustedProxies.parse(trustedProxies);
  }

  private List<ServerConfig.Certificate> certificates() throws StartupException {
    if (tlsCrt.size() != tlsKey.size()) {
      throw new StartupException(
          "-tlsCrt and -tlsKey belong together: give each as often as the other, in the same"
              + " order");
    }
    List<ServerConfig.Certificate> certificates = new ArrayList<>();
    for (int i = 0; i < tlsCrt.size(); i++) {
      certificates.add(new ServerConfig.Certificate(tlsCrt.get(i), tlsKey.get(i)));
    }
    return certificates;
  }

  private static Path defaultDataDir(Map<String, String> environment) {
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    return data.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".local", "share", "pgrok")
        : Path.of(data, "pgrok");
  }
}
