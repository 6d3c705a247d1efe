package io.pgrok.pgrokd.traffic;

import java.util.Locale;

/** Why a visitor did not get to a private service. One for each value of the metric's label. */
public enum Rejection {
  /** No tunnel has the name that was asked for. */
  UNKNOWN_HOST,
  /** No or a wrong password. */
  UNAUTHORIZED,
  /** The tunnel's rules do not let this address in. */
  FORBIDDEN,
  /** What came was no request that everybody understands alike. */
  BAD_REQUEST,
  /** A head or a body did not arrive in time. */
  TOO_SLOW,
  /** The TLS handshake failed. */
  TLS,
  /** There is little memory for buffers left. */
  MEMORY,
  /** The address has as many connections as it may have. */
  ADDRESS_CONNECTIONS,
  /** The tunnel has as many visitors as it may have. */
  TUNNEL_CONNECTIONS,
  /** The token has as many visitors as it may have. */
  TOKEN_CONNECTIONS,
  /** The token's requests come faster than it may have them. */
  TOKEN_RATE;

  /** As metrics and logs write it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
