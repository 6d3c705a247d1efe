package io.pgrok.agent.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How to reach and to convince the server. A session whose link changes connects anew.
 *
 * @param token sent as {@code Auth.User}; empty for none
 * @param identity shown to servers that ask for a client certificate; null for none
 * @param proxy on the way to the server; null for none
 */
public record Link(
    HostPort server,
    String token,
    Trust trust,
    @Nullable ClientCertificate identity,
    @Nullable HttpProxy proxy) {

  /** A direct link without a client certificate. */
  public Link(HostPort server, String token, Trust trust) {
    this(server, token, trust, null, null);
  }

  /** The same way to the server, with another token. */
  Link with(String other) {
    return new Link(server, other, trust, identity, proxy);
  }

  /** Whether the same server is reached in the same way, with another token. */
  public boolean hasOnlyAnotherTokenThan(Link other) {
    return !token.equals(other.token) && with(other.token).equals(other);
  }

  /** Leaves the token out: this ends up in logs. */
  @Override
  public String toString() {
    return "Link[server=%s, trust=%s]".formatted(server, trust.getClass().getSimpleName());
  }

  /** PEM files of a client certificate (with its chain) and its key. */
  public record ClientCertificate(Path certificate, Path key) {}
}
