package io.pgrok.protocol.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that pgrokd and an agent say to each other, in the order of a session.
 *
 * <pre>
 *   control connection                          proxy connection
 *   agent ── Auth ──────────▶ pgrokd
 *   agent ◀───────── AuthResp  pgrokd
 *   agent ◀───────── ReqProxy  pgrokd           agent ── RegProxy ───▶ pgrokd
 *   agent ── ReqTunnel ─────▶ pgrokd           agent ◀── StartProxy  pgrokd
 *   agent ◀──────── NewTunnel  pgrokd           then raw bytes both ways
 *   agent ── Ping ──────────▶ pgrokd
 *   agent ◀───────────── Pong  pgrokd
 *   agent ── CloseTunnel ───▶ pgrokd           (extension {@link Extension#CLOSE})
 *   agent ◀──────────── Drain  pgrokd           (extension {@link Extension#DRAIN})
 *
 *   link                                        (extension {@link Extension#MUX})
 *   agent ── RegLink ───────▶ pgrokd           then the frames of a multiplexed link
 * </pre>
 *
 * <p>Component names carry the JSON names of the wire protocol, which are case-sensitive; every
 * classic field is always present. A peer ignores fields that it does not know, which is how
 * extensions are negotiated: {@link Auth#ext} offers, {@link AuthResp#ext} grants. Both are left
 * out when empty. Absent or null classic fields read as {@code ""} or 0, as a Go peer would read
 * them.
 */
public sealed interface Message {

  /** First message on a control connection, agent to server. */
  record Auth(
      @JsonProperty("Version") String version,
      @JsonProperty("MmVersion") String mmVersion,
      @JsonProperty("User") String user,
      @JsonProperty("Password") String password,
      @JsonProperty("OS") String os,
      @JsonProperty("Arch") String arch,
      @JsonProperty("ClientId") String clientId,
      @JsonProperty("Ext") @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> ext)
      implements Message {
    public Auth {
      version = orEmpty(version);
      mmVersion = orEmpty(mmVersion);
      user = orEmpty(user);
      password = orEmpty(password);
      os = orEmpty(os);
      arch = orEmpty(arch);
      clientId = orEmpty(clientId);
      ext = orEmpty(ext);
    }

    /** Leaves the token out: this ends up in logs. */
    @Override
    public String toString() {
      return "Auth[version=%s, os=%s, arch=%s, clientId=%s, ext=%s]"
          .formatted(version, os, arch, clientId, ext);
    }
  }

  /**
   * Answer to {@link Auth}. A non-empty {@code error} refuses the session; the server then closes.
   *
   * @param proxyKey with {@link Extension#PROXY_KEY}: what {@link RegProxy} and {@link RegLink}
   *     must repeat
   * @param links with {@link Extension#MUX}: how many links are of use to the server; 0 otherwise
   */
  record AuthResp(
      @JsonProperty("Version") String version,
      @JsonProperty("MmVersion") String mmVersion,
      @JsonProperty("ClientId") String clientId,
      @JsonProperty("Error") String error,
      @JsonProperty("Ext") @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> ext,
      @JsonProperty("ProxyKey") @JsonInclude(JsonInclude.Include.NON_EMPTY) String proxyKey,
      @JsonProperty("Links") @JsonInclude(JsonInclude.Include.NON_DEFAULT) int links)
      implements Message {
    /** An answer without {@link Extension#MUX}. */
    public AuthResp(
        String version,
        String mmVersion,
        String clientId,
        String error,
        List<String> ext,
        String proxyKey) {
      this(version, mmVersion, clientId, error, ext, proxyKey, 0);
    }

    public AuthResp {
      version = orEmpty(version);
      mmVersion = orEmpty(mmVersion);
      clientId = orEmpty(clientId);
      error = orEmpty(error);
      ext = orEmpty(ext);
      proxyKey = orEmpty(proxyKey);
    }

    /** Refuses a session. */
    public static AuthResp refused(String error) {
      return new AuthResp(
          ProtocolVersion.WIRE, ProtocolVersion.MAJOR_MINOR, "", error, List.of(), "");
    }

    /** Leaves the proxy key out: this ends up in logs. */
    @Override
    public String toString() {
      return "AuthResp[clientId=%s, error=%s, ext=%s]".formatted(clientId, error, ext);
    }
  }

  /**
   * Asks for a tunnel, on the control connection.
   *
   * @param category the tunnel's name in the agent's configuration; absent in ngrok 1.7
   * @param reqId chosen by the agent, repeated in each {@link NewTunnel} that answers
   * @param protocol {@code http}, {@code https}, {@code tcp}, or several joined by {@code +}
   * @param httpAuth {@code user:password} that visitors must give, or empty
   * @param remotePort 0 for any free port, 1 to 65535 otherwise; TCP only
   * @param rules with {@link Extension#RULES}: what visitors must fulfil; null for nothing
   * @param certificate with {@link Extension#CERTIFICATE}, for https: what visitors are shown; null
   *     for the server's own
   */
  record ReqTunnel(
      @JsonProperty("Category") String category,
      @JsonProperty("ReqId") String reqId,
      @JsonProperty("Protocol") String protocol,
      @JsonProperty("Hostname") String hostname,
      @JsonProperty("Subdomain") String subdomain,
      @JsonProperty("HttpAuth") String httpAuth,
      @JsonProperty("RemotePort") int remotePort,
      @JsonProperty("Rules") @JsonInclude(JsonInclude.Include.NON_NULL)
          @Nullable VisitorRules rules,
      @JsonProperty("Certificate") @JsonInclude(JsonInclude.Include.NON_NULL)
          @Nullable ShownCertificate certificate)
      implements Message {
    /** A request of the classic protocol. */
    public ReqTunnel(
        String category,
        String reqId,
        String protocol,
        String hostname,
        String subdomain,
        String httpAuth,
        int remotePort) {
      this(category, reqId, protocol, hostname, subdomain, httpAuth, remotePort, null);
    }

    /** A request with rules, or none. */
    public ReqTunnel(
        String category,
        String reqId,
        String protocol,
        String hostname,
        String subdomain,
        String httpAuth,
        int remotePort,
        @Nullable VisitorRules rules) {
      this(category, reqId, protocol, hostname, subdomain, httpAuth, remotePort, rules, null);
    }

    public ReqTunnel {
      category = orEmpty(category);
      reqId = orEmpty(reqId);
      protocol = orEmpty(protocol);
      hostname = orEmpty(hostname);
      subdomain = orEmpty(subdomain);
      httpAuth = orEmpty(httpAuth);
      if (remotePort < 0 || remotePort > 65535) {
        throw new IllegalArgumentException(
            "RemotePort must be between 0 and 65535, not " + remotePort);
      }
    }

    /** Leaves the visitors' password out: this ends up in logs. */
    @Override
    public String toString() {
      return "ReqTunnel[category=%s, reqId=%s, protocol=%s, hostname=%s, subdomain=%s, remotePort=%d]"
          .formatted(category, reqId, protocol, hostname, subdomain, remotePort);
    }
  }

  /** Answers {@link ReqTunnel}, once per protocol; a non-empty {@code error} refuses it. */
  record NewTunnel(
      @JsonProperty("ReqId") String reqId,
      @JsonProperty("Url") String url,
      @JsonProperty("Protocol") String protocol,
      @JsonProperty("Error") String error)
      implements Message {
    public NewTunnel {
      reqId = orEmpty(reqId);
      url = orEmpty(url);
      protocol = orEmpty(protocol);
      error = orEmpty(error);
    }
  }

  /** Asks the agent to dial one more proxy connection. Server to agent, control connection. */
  record ReqProxy() implements Message {}

  /**
   * First message on a proxy connection, agent to server.
   *
   * @param proxyKey with {@link Extension#PROXY_KEY}: the key of {@link AuthResp}; empty otherwise
   */
  record RegProxy(
      @JsonProperty("ClientId") String clientId,
      @JsonProperty("ProxyKey") @JsonInclude(JsonInclude.Include.NON_EMPTY) String proxyKey)
      implements Message {
    public RegProxy {
      clientId = orEmpty(clientId);
      proxyKey = orEmpty(proxyKey);
    }

    /** Leaves the proxy key out: this ends up in logs. */
    @Override
    public String toString() {
      return "RegProxy[clientId=%s]".formatted(clientId);
    }
  }

  /**
   * First message on a link, agent to server, only when {@link Extension#MUX} was granted; frames
   * follow, see {@link io.pgrok.protocol.mux}.
   *
   * @param proxyKey as in {@link RegProxy}
   */
  record RegLink(
      @JsonProperty("ClientId") String clientId,
      @JsonProperty("ProxyKey") @JsonInclude(JsonInclude.Include.NON_EMPTY) String proxyKey)
      implements Message {
    public RegLink {
      clientId = orEmpty(clientId);
      proxyKey = orEmpty(proxyKey);
    }

    /** Leaves the proxy key out: this ends up in logs. */
    @Override
    public String toString() {
      return "RegLink[clientId=%s]".formatted(clientId);
    }
  }

  /**
   * Last message on a proxy connection, server to agent: from the next byte on it is raw.
   *
   * @param url the tunnel's public URL, as in {@link NewTunnel}
   * @param clientAddr {@code ip:port} of the visitor
   * @param probe with {@link Extension#PROBE}: nobody visits; the agent answers the request itself
   *     and asks the private service nothing
   */
  record StartProxy(
      @JsonProperty("Url") String url,
      @JsonProperty("ClientAddr") String clientAddr,
      @JsonProperty("Probe") @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean probe)
      implements Message {
    /** A visitor. */
    public StartProxy(String url, String clientAddr) {
      this(url, clientAddr, false);
    }

    public StartProxy {
      url = orEmpty(url);
      clientAddr = orEmpty(clientAddr);
    }
  }

  /** Sign of life, agent to server, control connection. */
  record Ping() implements Message {}

  /** Answers {@link Ping}. */
  record Pong() implements Message {}

  /**
   * Closes one tunnel and keeps the session. Agent to server, control connection, only when {@link
   * Extension#CLOSE} was granted; not answered. An unknown URL is ignored.
   *
   * @param returns whether the agent only makes way for another one, which is expected to open the
   *     tunnel again in a moment: the server may let visitors wait for it
   */
  record CloseTunnel(
      @JsonProperty("Url") String url,
      @JsonProperty("Returns") @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean returns)
      implements Message {
    /** For good. */
    public CloseTunnel(String url) {
      this(url, false);
    }

    public CloseTunnel {
      url = orEmpty(url);
    }
  }

  /**
   * The server is about to end: the agent opens its next session at once, and keeps this one for
   * the visitors that still come here. Server to agent, control connection, only when {@link
   * Extension#DRAIN} was granted; not answered.
   */
  record Drain() implements Message {}

  private static String orEmpty(@Nullable String value) {
    return Objects.requireNonNullElse(value, "");
  }

  private static List<String> orEmpty(@Nullable List<String> value) {
    return value == null ? List.of() : List.copyOf(value);
  }
}
