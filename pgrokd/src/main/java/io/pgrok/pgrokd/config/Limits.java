package io.pgrok.pgrokd.config;

/**
 * How much one party may take. Each is 1 or more.
 *
 * @param connectionsPerAddress of a visitor's address (of a /64 network in IPv6); where a trusted
 *     proxy names the visitor, its requests at once count instead
 * @param visitsPerTunnel requests and raw connections at once
 * @param tunnelsPerToken different tunnels of all sessions of a token's name
 * @param sessionsPerToken sessions of a token's name; on an open server of an agent's address
 */
public record Limits(
    int connectionsPerAddress, int visitsPerTunnel, int tunnelsPerToken, int sessionsPerToken) {

  public static final Limits DEFAULT = new Limits(2048, 10_000, 10_000, 1000);

  /**
   * @throws IllegalArgumentException naming the option that is out of range
   */
  public Limits {
    positive("-maxConnectionsPerAddress", connectionsPerAddress);
    positive("-maxVisitsPerTunnel", visitsPerTunnel);
    positive("-maxTunnelsPerToken", tunnelsPerToken);
    positive("-maxSessionsPerToken", sessionsPerToken);
  }

  private static void positive(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + ": must be at least 1, not " + value);
    }
  }
}
