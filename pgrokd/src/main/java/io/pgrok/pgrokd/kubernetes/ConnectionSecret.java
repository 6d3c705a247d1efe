package io.pgrok.pgrokd.kubernetes;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an operator needs to use this pgrokd. It finds the Secret by its label, in its own
 * namespace, and makes a TunnelServer of it.
 */
final class ConnectionSecret {
  static final Map<String, String> LABELS = Map.of("pgrok.io/connection", "true");

  private ConnectionSecret() {}

  /**
   * @param address host:port of the tunnel listener, as agents reach it
   * @param signingKey private JWK that the operator signs tokens with
   * @param authority PEM certificate to trust; null when the system's are to be trusted
   */
  static Map<String, String> data(
      String address, String domain, String token, String signingKey, @Nullable String authority) {
    Map<String, String> data = new TreeMap<>();
    data.put("address", address);
    data.put("domain", domain);
    data.put("token", token);
    data.put(ServerSecret.SIGNING_KEY, signingKey);
    // Empty rather than absent: a key of an earlier configuration has to go.
    data.put("ca.crt", authority == null ? "" : authority);
    return data;
  }
}
