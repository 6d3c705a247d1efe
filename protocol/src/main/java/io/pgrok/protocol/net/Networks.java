package io.pgrok.protocol.net;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Networks in CIDR notation. Immutable.
 *
 * @param networks none: no address is in them
 */
public record Networks(List<Network> networks) {

  public static final Networks NONE = new Networks(List.of());

  public Networks {
    networks = List.copyOf(networks);
  }

  /**
   * Addresses that share a prefix.
   *
   * @param address 4 or 16 bytes
   * @param prefix bits, 0 to the address's length
   */
  public record Network(byte[] address, int prefix) {

    /**
     * @param text a network or one address: {@code 10.0.0.0/8}, {@code ::1}
     * @throws IllegalArgumentException when it is neither; the text says what to write
     */
    public static Network parse(String text) {
      String given = text.strip();
      int slash = given.indexOf('/');
      String literal = slash < 0 ? given : given.substring(0, slash);
      try {
        byte[] address = InetAddress.ofLiteral(literal).getAddress();
        int most = address.length * 8;
        int prefix = slash < 0 ? most : Integer.parseInt(given.substring(slash + 1));
        // The JDK reads "10.1" as 10.0.0.1, which nobody means.
        boolean whole = literal.indexOf(':') >= 0 || literal.split("\\.", -1).length == 4;
        if (whole && prefix >= 0 && prefix <= most) {
          return new Network(address, prefix);
        }
      } catch (IllegalArgumentException e) {
        // Answered below, as a prefix that is too long.
      }
      throw new IllegalArgumentException(
          "'%s' is neither an address nor a network; write 10.0.0.0/8 or ::1".formatted(given));
    }

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
   * @param texts networks and addresses
   * @throws IllegalArgumentException naming the one that is neither
   */
  public static Networks parse(List<String> texts) {
    List<Network> networks = new ArrayList<>();
    for (String text : texts) {
      networks.add(Network.parse(text));
    }
    return new Networks(networks);
  }

  public boolean isEmpty() {
    return networks.isEmpty();
  }

  /**
   * Whether this address is in one of them. An IPv4 address mapped into IPv6 is an IPv4 address.
   */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    for (Network network : networks) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }
}
