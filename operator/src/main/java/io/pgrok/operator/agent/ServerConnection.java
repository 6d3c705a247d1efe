package io.pgrok.operator.agent;

import io.pgrok.crds.tunnelserver.NamespaceGrant;
import io.pgrok.operator.grant.SigningKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How agents reach a TunnelServer, and what they may do there.
 *
 * @param name of the TunnelServer
 * @param uid of the TunnelServer: tells this cluster's identities from those of another one that
 *     uses the same server
 * @param address {@code host:port}
 * @param domain below which it publishes subdomains
 * @param authority PEM; null when the certificate is publicly trusted
 * @param token that every agent uses where there is no signing key; null for an open server
 * @param signingKey makes tokens that say what each may claim; null for none
 * @param grants who may claim what; null for everybody everything
 */
public record ServerConnection(
    String name,
    String uid,
    String address,
    String domain,
    @Nullable String authority,
    @Nullable String token,
    @Nullable SigningKey signingKey,
    @Nullable List<NamespaceGrant> grants) {

  /** A server with one token for all, and no grants. */
  public ServerConnection(
      String name,
      String address,
      String domain,
      @Nullable String authority,
      @Nullable String token) {
    this(name, "", address, domain, authority, token, null, null);
  }

  ServerConnection withToken(String other) {
    return new ServerConnection(name, uid, address, domain, authority, other, signingKey, grants);
  }

  /** The same server, with another key to sign tokens with. */
  public ServerConnection withSigningKey(SigningKey other) {
    return new ServerConnection(name, uid, address, domain, authority, token, other, grants);
  }

  /** Leaves the token out: this ends up in logs. */
  @Override
  public String toString() {
    return "ServerConnection[name=%s, address=%s, domain=%s]".formatted(name, address, domain);
  }
}
