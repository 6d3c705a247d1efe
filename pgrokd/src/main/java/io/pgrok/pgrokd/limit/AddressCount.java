package io.pgrok.pgrokd.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How much of something each address has. An IPv6 network of 64 bits counts as one address: anybody
 * who has one has 2^64. Holds the addresses that have something only. Thread-safe.
 */
public final class AddressCount {

  private final int most;
  private final Map<Object, Integer> counts = new ConcurrentHashMap<>();

  /**
   * @param most for each address
   */
  public AddressCount(int most) {
    this.most = most;
  }

  /**
   * One more for this address.
   *
   * @return false when it has as many as it may have; nothing is counted then
   */
  public boolean enter(InetAddress address) {
    // compute is atomic for a key; the limit is reached when it leaves the count as it was.
    boolean[] entered = new boolean[1];
    counts.compute(
        key(address),
        (key, count) -> {
          int now = count == null ? 0 : count;
          entered[0] = now < most;
          return entered[0] ? now + 1 : now;
        });
    return entered[0];
  }

  /** One less, after {@link #enter} was true. */
  public void leave(InetAddress address) {
    counts.computeIfPresent(key(address), (key, count) -> count == 1 ? null : count - 1);
  }

  /** How many addresses have something. */
  public int size() {
    return counts.size();
  }

  private static Object key(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet6Address
        ? (Object) ByteBuffer.wrap(bytes).getLong()
        : (Object) ByteBuffer.wrap(bytes).getInt();
  }
}
