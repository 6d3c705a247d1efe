package io.pgrok.operator.agent;

import org.jspecify.annotations.Nullable;

/**
 * How agents reach a TunnelServer.
 *
 * @param name of the TunnelServer
 * @param address {@code host:port}
 * @param domain below which it publishes subdomains
 * @param authority PEM; null when the certificate is publicly trusted
 * @param token null for an open server
 */
public record ServerConnection(
    String name,
    String address,
    String domain,
    @Nullable String authority,
    @Nullable String token) {

  /** Leaves the token out: this ends up in logs. */
  @Override
  public String toString() {
    return "ServerConnection[name=%s, address=%s, domain=%s]".formatted(name, address, domain);
  }
}
