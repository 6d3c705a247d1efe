package io.pgrok.pgrokd.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The load balancers and proxies in front of this server whose word on a visitor counts.
 *
 * @param networks none: nobody's word counts
 */
public record TrustedProxies(List<Network> networks) {

  public static final TrustedProxies NONE = new TrustedProxies(List.of());

  public TrustedProxies {
    networks = List.copyOf(networks);
  }

  /**
   * Addresses that share a prefix.
   *
   * @param address 4 or 16 bytes
   * @param prefix bits, 0 to the address's length
   */
  public record Network(byte[] address, int prefix) {

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit++) {
        int mask = 0x80 >> (bit & 7);
        if (((address[bit >> 3] ^ other[bit >> 3]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * @param texts networks and addresses: {@code 10.0.0.0/8}, {@code ::1}
   * @throws StartupException naming the one that is neither
   */
  public static TrustedProxies parse(List<String> texts) throws StartupException {
    List<Network> networks = new ArrayList<>();
    for (String text : texts) {
      networks.add(network(text.strip()));
    }
    return new TrustedProxies(networks);
  }

  private static Network network(String text) throws StartupException {
    int slash = text.indexOf('/');
    try {
      byte[] address =
          InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash)).getAddress();
      int prefix = slash < 0 ? address.length * 8 : Integer.parseInt(text.substring(slash + 1));
      if (prefix >= 0 && prefix <= address.length * 8) {
        return new Network(address, prefix);
      }
    } catch (IllegalArgumentException e) {
      // Answered below, as a prefix that is too long.
    }
    throw new StartupException(
        "-trustedProxies: '%s' is neither an address nor a network; write 10.0.0.0/8 or ::1"
            .formatted(text));
  }

  /** Whether this address is one of them. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return networks.stream().anyMatch(network -> network.contains(bytes));
  }
}
