package io.pgrok.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The agent's configuration file: one file is one session with one server. The keys are those of
 * the reference's YAML and a few of our own; the operator writes the same record into the Secrets
 * that an agent in a cluster reads. In a directory, {@code <session>.yml} is a session, and {@code
 * <session>.<part>.tunnels} holds {@code tunnels} only, which are the session's, too.
 *
 * @param serverAddr {@code server_addr}: {@code host:port} of the tunnel port; null for the default
 * @param inspectAddr {@code inspect_addr}: where the inspector listens, {@code disabled} for
 *     nowhere
 * @param httpProxy {@code http_proxy}: URL of an HTTP CONNECT proxy on the way to the server
 * @param trustHostRootCerts {@code trust_host_root_certs}: of the reference; whether this machine's
 *     store of authorities is trusted, too, unless {@code server_ca} is given
 * @param authToken {@code auth_token}: sent as {@code Auth.User}
 * @param serverCa {@code server_ca}: ours. PEM text, or the path of a PEM file, of the only
 *     authorities to trust for the server's certificate
 * @param tls {@code tls}: of the reference; the link is always TLS here
 * @param tlsClientCrt {@code tls_client_crt}: path of a client certificate
 * @param tlsClientKey {@code tls_client_key}: path of its key
 * @param tunnels {@code tunnels}: by name, in the order of the file
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AgentConfig(
    @JsonProperty("server_addr") @Nullable String serverAddr,
    @JsonProperty("inspect_addr") @Nullable String inspectAddr,
    @JsonProperty("http_proxy") @Nullable String httpProxy,
    @JsonProperty("trust_host_root_certs") @Nullable Boolean trustHostRootCerts,
    @JsonProperty("auth_token") @Nullable String authToken,
    @JsonProperty("server_ca") @Nullable String serverCa,
    @JsonProperty("tls") @Nullable Boolean tls,
    @JsonProperty("tls_client_crt") @Nullable String tlsClientCrt,
    @JsonProperty("tls_client_key") @Nullable String tlsClientKey,
    @JsonProperty("tunnels") Map<String, TunnelConfig> tunnels) {

  public AgentConfig {
    tunnels = tunnels == null ? Map.of() : new LinkedHashMap<>(tunnels);
  }

  /** A session that the operator configures: a server, its authority, a token and the tunnels. */
  public static AgentConfig session(
      String serverAddr,
      @Nullable String serverCa,
      @Nullable String authToken,
      Map<String, TunnelConfig> tunnels) {
    return new AgentConfig(
        serverAddr, null, null, null, authToken, serverCa, null, null, null, tunnels);
  }

  /** Nothing but tunnels: a part of a session, or the beginning of one. */
  public static AgentConfig tunnels(Map<String, TunnelConfig> tunnels) {
    return new AgentConfig(null, null, null, null, null, null, null, null, null, tunnels);
  }

  /** Leaves the token out: this ends up in logs. */
  @Override
  public String toString() {
    return "AgentConfig[serverAddr=%s, tunnels=%s]".formatted(serverAddr, tunnels.keySet());
  }

  /**
   * One tunnel.
   *
   * @param subdomain {@code subdomain}: null or empty for the tunnel's name (as in the reference)
   * @param hostname {@code hostname}: a whole public host name instead of a subdomain
   * @param proto {@code proto}: private address ({@code host:port}, {@code :port} or {@code port},
   *     for HTTP also {@code https://host:port} and {@code h2c://host:port}) by protocol ({@code
   *     http}, {@code https}, {@code http+https}, {@code tcp}, {@code tls})
   * @param auth {@code auth}: {@code user:password} that visitors must give
   * @param remotePort {@code remote_port}: public TCP port, 1 to 65535; null or 0 for any
   * @param visitors {@code visitors}: ours. What the server demands of visitors; null for nothing
   * @param upstream {@code upstream}: ours. How the private service is spoken to; null for the
   *     plain way
   * @param inspect {@code inspect}: ours. Whether the inspector captures; null for the agent's
   *     default
   * @param routes {@code routes}: ours. Where requests to some paths go instead, for http and https
   * @param certificate {@code certificate}: ours. What visitors over https are shown; null for the
   *     server's own certificate
   * @param revision {@code revision}: ours. Opaque; {@link AgentStatus} repeats it, so that who
   *     wrote the file knows which version a report speaks of. A change of it alone changes no
   *     tunnel.
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record TunnelConfig(
      @JsonProperty("subdomain") @Nullable String subdomain,
      @JsonProperty("hostname") @Nullable String hostname,
      @JsonProperty("proto") Map<String, String> proto,
      @JsonProperty("auth") @Nullable String auth,
      @JsonProperty("remote_port") @Nullable Integer remotePort,
      @JsonProperty("visitors") @Nullable VisitorConfig visitors,
      @JsonProperty("upstream") @Nullable UpstreamConfig upstream,
      @JsonProperty("inspect") @Nullable Boolean inspect,
      @JsonProperty("routes") List<RouteConfig> routes,
      @JsonProperty("certificate") @Nullable CertificateConfig certificate,
      @JsonProperty("revision") @Nullable String revision) {

    public TunnelConfig {
      proto = proto == null ? Map.of() : new LinkedHashMap<>(proto);
      routes = routes == null ? List.of() : List.copyOf(routes);
      if (remotePort != null && (remotePort < 0 || remotePort > 65535)) {
        throw new IllegalArgumentException(
            "remote_port must be between 0 and 65535, not " + remotePort);
      }
    }

    /** A tunnel with nothing but the reference's keys. */
    public TunnelConfig(
        @Nullable String subdomain,
        @Nullable String hostname,
        Map<String, String> proto,
        @Nullable String auth,
        @Nullable Integer remotePort,
        @Nullable String revision) {
      this(
          subdomain,
          hostname,
          proto,
          auth,
          remotePort,
          null,
          null,
          null,
          List.of(),
          null,
          revision);
    }

    /** The same tunnel, called another version of it. */
    public TunnelConfig withRevision(@Nullable String other) {
      return new TunnelConfig(
          subdomain,
          hostname,
          proto,
          auth,
          remotePort,
          visitors,
          upstream,
          inspect,
          routes,
          certificate,
          other);
    }

    /** Whether the two ask the server and the private service for the same; revisions aside. */
    public boolean sameTunnel(TunnelConfig other) {
      return withRevision(null).equals(other.withRevision(null));
    }

    /** Leaves the visitors' password out: this ends up in logs. */
    @Override
    public String toString() {
      return "TunnelConfig[subdomain=%s, hostname=%s, proto=%s, remotePort=%s]"
          .formatted(subdomain, hostname, proto, remotePort);
    }
  }

  /**
   * A certificate for the tunnel's own name. It goes to the server, which ends TLS for visitors; a
   * server that cannot show it is not asked for the tunnel's https.
   *
   * @param crt {@code crt}: PEM text, or the path of a PEM file, of the certificate and those of
   *     the authorities that issued it
   * @param key {@code key}: PEM text, or the path of a PEM file, of its private key, not encrypted
   */
  public record CertificateConfig(
      @JsonProperty("crt") String crt, @JsonProperty("key") String key) {

    public CertificateConfig {
      if (crt == null || crt.isEmpty() || key == null || key.isEmpty()) {
        throw new IllegalArgumentException("certificate needs both crt and key");
      }
    }

    /** Leaves the key out: this ends up in logs. */
    @Override
    public String toString() {
      return "CertificateConfig[]";
    }
  }

  /**
   * Where the requests to a path go. The longest path that matches has a request, of two equal ones
   * the exact one; where none does, the tunnel's private address has it. Done by the agent, with
   * any server.
   *
   * @param path {@code path}: begins with a slash, as visitors send it: nothing is decoded
   * @param pathType {@code path_type}: how it matches; {@code prefix} when left out
   * @param address {@code address}: a private address as in {@code proto}; exactly one of the two
   * @param status {@code status}: an HTTP status, 400 to 599, that is answered instead of asking
   *     anybody; exactly one of the two
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record RouteConfig(
      @JsonProperty("path") String path,
      @JsonProperty("path_type") PathType pathType,
      @JsonProperty("address") @Nullable String address,
      @JsonProperty("status") @Nullable Integer status) {

    public RouteConfig {
      pathType = pathType == null ? PathType.PREFIX : pathType;
      if (path == null || !path.startsWith("/") || path.chars().anyMatch(RouteConfig::ends)) {
        throw new IllegalArgumentException(
            "path must begin with / and hold no blank, ? or #, such as /api");
      }
      if ((address == null) == (status == null)) {
        throw new IllegalArgumentException("give either address or status, not both");
      }
      if (status != null && (status < 400 || status > 599)) {
        throw new IllegalArgumentException("status must be between 400 and 599, not " + status);
      }
    }

    private static boolean ends(int character) {
      return character <= ' ' || character == '?' || character == '#' || character == 0x7f;
    }
  }

  /** How a path matches. */
  public enum PathType {
    /** That path and nothing else. */
    @JsonProperty("exact")
    EXACT,
    /**
     * It and what is below, element by element: {@code /a} matches {@code /a/b}, not {@code /ab}.
     */
    @JsonProperty("prefix")
    PREFIX
  }

  /**
   * What the server demands of visitors, for each request. A server that cannot do it is not asked
   * for the tunnel at all: rules never get lost on the way.
   *
   * @param allowCidrs {@code allow_cidrs}: networks such as {@code 10.0.0.0/8} or single addresses
   *     that visitors must come from; empty for anywhere
   * @param redirectHttps {@code redirect_https}: whether plain HTTP is redirected to HTTPS
   * @param shareKey {@code share_key}: base64 of the key (32 bytes) with which share links are
   *     signed; visitors without such a link, and without the tunnel's password where it has one,
   *     are refused. Null for no such demand
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record VisitorConfig(
      @JsonProperty("allow_cidrs") List<String> allowCidrs,
      @JsonProperty("redirect_https") @Nullable Boolean redirectHttps,
      @JsonProperty("share_key") @Nullable String shareKey) {

    public VisitorConfig {
      allowCidrs = allowCidrs == null ? List.of() : List.copyOf(allowCidrs);
    }

    /** Leaves the key out: this ends up in logs. */
    @Override
    public String toString() {
      return "VisitorConfig[allowCidrs=%s, redirectHttps=%s]".formatted(allowCidrs, redirectHttps);
    }
  }

  /**
   * How the agent speaks to the private service. Everything here is done by the agent, with any
   * server.
   *
   * @param hostHeader {@code host_header}: {@code preserve} (the default, as null), {@code rewrite}
   *     for the private address, or the value to send
   * @param requestHeaders {@code request_headers}: set on each request to the private service; an
   *     empty value removes the header
   * @param responseHeaders {@code response_headers}: set on each response to the visitor; an empty
   *     value removes the header
   * @param proxyProtocol {@code proxy_protocol}: {@code v1} or {@code v2}: tell the visitor's
   *     address in a PROXY protocol header; null for none
   * @param ca {@code ca}: PEM text, or the path of a PEM file, of the authorities to trust for an
   *     {@code https://} private service; null for the system's
   * @param insecureSkipVerify {@code insecure_skip_verify}: take any certificate of an {@code
   *     https://} private service
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record UpstreamConfig(
      @JsonProperty("host_header") @Nullable String hostHeader,
      @JsonProperty("request_headers") Map<String, String> requestHeaders,
      @JsonProperty("response_headers") Map<String, String> responseHeaders,
      @JsonProperty("proxy_protocol") @Nullable String proxyProtocol,
      @JsonProperty("ca") @Nullable String ca,
      @JsonProperty("insecure_skip_verify") @Nullable Boolean insecureSkipVerify) {

    public UpstreamConfig {
      requestHeaders = requestHeaders == null ? Map.of() : new LinkedHashMap<>(requestHeaders);
      responseHeaders = responseHeaders == null ? Map.of() : new LinkedHashMap<>(responseHeaders);
    }

    /** Leaves the headers' values out, which may be credentials: this ends up in logs. */
    @Override
    public String toString() {
      return "UpstreamConfig[hostHeader=%s, requestHeaders=%s, responseHeaders=%s, proxyProtocol=%s]"
          .formatted(hostHeader, requestHeaders.keySet(), responseHeaders.keySet(), proxyProtocol);
    }
  }
}
