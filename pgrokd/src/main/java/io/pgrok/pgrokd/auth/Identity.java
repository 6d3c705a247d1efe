package io.pgrok.pgrokd.auth;

import io.pgrok.protocol.grant.Grant;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whom a token names. Two tokens of one name are one identity: sessions of it may share names and
 * take each other over.
 *
 * @param name for logs, metrics and take-over; never the token
 * @param expires when sessions of it end; null for never
 */
public record Identity(String name, Grant grant, @Nullable Instant expires) {

  /** Everybody on an open server. They share no identity: see {@link #isAnonymous}. */
  public static final Identity ANONYMOUS = new Identity("anonymous", Grant.UNLIMITED, null);

  public Identity {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be empty");
    }
  }

  /** Whether nothing is known of the agent, so that nothing may be shared by it either. */
  public boolean isAnonymous() {
    return this.equals(ANONYMOUS);
  }
}
