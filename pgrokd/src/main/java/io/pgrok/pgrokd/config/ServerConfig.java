package io.pgrok.pgrokd.config;

import io.pgrok.pgrokd.tunnel.NameRules;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.protocol.grant.PortRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a server is told.
 *
 * @param http where to listen for visitors of HTTP tunnels; null for not at all
 * @param https the same for HTTPS
 * @param tunnel the same for agents
 * @param admin the same for health checks
 * @param domain the domain that tunnels live under
 * @param publicHost {@code host[:port]} that URLs name in place of domain and port; null for those
 * @param certificates the first is shown to whoever asks for a name of none; empty for the
 *     development certificate
 * @param tokenFiles files that list tokens; without them and {@code jwksFile} the server is open
 * @param jwksFile public keys of signed tokens; null to accept none
 * @param authUpdates where newer versions of the files above may appear; null for nowhere
 * @param classicProxyConnections whether agents may come that cannot prove that a proxy connection
 *     is theirs, as those of the classic protocol
 * @param tcpPorts that tunnels may have; null for all
 * @param accessLog {@code stdout} or a file; null for none
 * @param trustedProxies whose X-Forwarded fields count
 * @param proxyProtocol whether the trusted proxies begin each connection to a public port with a
 *     PROXY protocol header
 * @param dataDir where the development certificate is kept
 */
public record ServerConfig(
    @Nullable ListenAddress http,
    @Nullable ListenAddress https,
    @Nullable ListenAddress tunnel,
    @Nullable ListenAddress admin,
    String domain,
    @Nullable PublicHost publicHost,
    List<Certificate> certificates,
    @Nullable Path tunnelClientCa,
    @Nullable Path clientCa,
    List<Path> tokenFiles,
    @Nullable Path jwksFile,
    @Nullable Path authUpdates,
    boolean classicProxyConnections,
    @Nullable List<PortRange> tcpPorts,
    TrustedProxies trustedProxies,
    boolean proxyProtocol,
    Limits limits,
    @Nullable String accessLog,
    Path dataDir,
    Timing timing) {

  /**
   * @throws IllegalArgumentException naming what is wrong with the domain
   */
  public ServerConfig {
    domain = domain.toLowerCase(Locale.ROOT);
    if (!NameRules.isHostname(domain)) {
      throw new IllegalArgumentException(
          "-domain: '%s' is not a DNS name; write it like tunnels.example.com".formatted(domain));
    }
    certificates = List.copyOf(certificates);
    tokenFiles = List.copyOf(tokenFiles);
    tcpPorts = tcpPorts == null ? null : List.copyOf(tcpPorts);
  }

  /** Files in PEM. */
  public record Certificate(Path chain, Path key) {}

  /**
   * How visitors reach us when something stands in front.
   *
   * @param port of HTTP; 0 for its own
   */
  public record PublicHost(String host, int port) {

    /** The port that URLs of this protocol name: one port cannot serve HTTP and HTTPS. */
    public int port(Protocol protocol) {
      return port == 0 || protocol != Protocol.HTTP ? protocol.defaultPort() : port;
    }

    /**
     * @param text {@code host} or {@code host:port}
     * @throws StartupException when it is neither
     */
    public static PublicHost parse(String text) throws StartupException {
      int colon = text.indexOf(':');
      String host = (colon < 0 ? text : text.substring(0, colon)).toLowerCase(Locale.ROOT);
      try {
        int port = colon < 0 ? 0 : Integer.parseInt(text.substring(colon + 1));
        if (NameRules.isHostname(host) && port >= 0 && port <= 65535) {
          return new PublicHost(host, port);
        }
      } catch (NumberFormatException e) {
        // Answered below, as the other shapes.
      }
      throw new StartupException(
          "-vhost: '%s' is no public host; write tunnels.example.com or tunnels.example.com:8080"
              .formatted(text));
    }
  }
}
