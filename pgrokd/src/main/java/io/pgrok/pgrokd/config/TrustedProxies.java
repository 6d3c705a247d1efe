package io.pgrok.pgrokd.config;

import io.pgrok.protocol.net.Networks;
import java.net.InetAddress;
import java.util.List;

/**
 * The load balancers and proxies in front of this server whose word on a visitor counts.
 *
 * @param networks none: nobody's word counts
 */
public record TrustedProxies(Networks networks) {

  public static final TrustedProxies NONE = new TrustedProxies(Networks.NONE);

  /**
   * @param texts networks and addresses: {@code 10.0.0.0/8}, {@code ::1}
   * @throws StartupException naming the one that is neither
   */
  public static TrustedProxies parse(List<String> texts) throws StartupException {
    try {
      return new TrustedProxies(Networks.parse(texts));
    } catch (IllegalArgumentException e) {
      throw new StartupException("-trustedProxies: " + e.getMessage());
    }
  }

  /** Whether this address is one of them. */
  public boolean contains(InetAddress address) {
    return networks.contains(address);
  }
}
