package io.pgrok.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The agent's configuration file: one file is one session with one server. The keys are those of
 * the reference's YAML and a few of our own; the operator writes the same record into the Secret
 * that the agent in a cluster reads.
 *
 * @param serverAddr {@code server_addr}: {@code host:port} of the tunnel port; null for the default
 * @param inspectAddr {@code inspect_addr}: where the inspector listens, {@code disabled} for
 *     nowhere
 * @param httpProxy {@code http_proxy}: URL of an HTTP CONNECT proxy on the way to the server
 * @param trustHostRootCerts {@code trust_host_root_certs}: of the reference; the system's roots are
 *     always trusted here unless {@code server_ca} is given
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
   * @param proto {@code proto}: private address ({@code host:port}, {@code :port} or {@code port})
   *     by protocol ({@code http}, {@code https}, {@code http+https}, {@code tcp})
   * @param auth {@code auth}: {@code user:password} that visitors must give
   * @param remotePort {@code remote_port}: public TCP port, 1 to 65535; null or 0 for any
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
      @JsonProperty("revision") @Nullable String revision) {

    public TunnelConfig {
      proto = proto == null ? Map.of() : new LinkedHashMap<>(proto);
      if (remotePort != null && (remotePort < 0 || remotePort > 65535)) {
        throw new IllegalArgumentException(
            "remote_port must be between 0 and 65535, not " + remotePort);
      }
    }

    /** Whether the two ask the server and the private service for the same; revisions aside. */
    public boolean sameTunnel(TunnelConfig other) {
      return Objects.equals(subdomain, other.subdomain)
          && Objects.equals(hostname, other.hostname)
          && proto.equals(other.proto)
          && Objects.equals(auth, other.auth)
          && Objects.equals(remotePort, other.remotePort);
    }

    /** Leaves the visitors' password out: this ends up in logs. */
    @Override
    public String toString() {
      return "TunnelConfig[subdomain=%s, hostname=%s, proto=%s, remotePort=%s]"
          .formatted(subdomain, hostname, proto, remotePort);
    }
  }
}
