package io.pgrok.pgrokd.limit;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What all sessions of one token's name have in use together. Thread-safe. */
public final class Quota {

  private final Map<String, Integer> tunnels = new HashMap<>();
  private final AtomicInteger visits = new AtomicInteger();
  private final Rate rate = new Rate(System.nanoTime());

  /** Guarded by {@link Quotas}' map. */
  int sessions;

  Quota() {}

  /**
   * A session holds these tunnels from now on. A tunnel that several sessions share counts once.
   *
   * @return false when that would be more different tunnels than {@code most}; nothing is counted
   *     then
   */
  public synchronized boolean hold(Collection<String> urls, int most) {
    long fresh = urls.stream().filter(url -> !tunnels.containsKey(url)).distinct().count();
    if (tunnels.size() + fresh > most) {
      return false;
    }
    urls.forEach(url -> tunnels.merge(url, 1, Integer::sum));
    return true;
  }

  /** A session has let these go. */
  public synchronized void drop(Collection<String> urls) {
    urls.forEach(
        url -> tunnels.computeIfPresent(url, (key, holders) -> holders == 1 ? null : holders - 1));
  }

  /** The same for one. */
  public void drop(String url) {
    drop(List.of(url));
  }

  /** How many different tunnels there are. */
  public synchronized int tunnels() {
    return tunnels.size();
  }

  /**
   * A visitor comes.
   *
   * @return false when {@code most} are there already; it is not counted then
   */
  public boolean enter(int most) {
    return enter(visits, most);
  }

  /** It has gone, after {@link #enter} was true. */
  public void leave() {
    visits.decrementAndGet();
  }

  /** Requests and connections, see {@link Rate#take}. */
  public long take(int perSecond) {
    return rate.take(perSecond, System.nanoTime());
  }

  boolean isIdle() {
    return sessions == 0 && visits.get() == 0 && rate.isFull(System.nanoTime());
  }

  private static boolean enter(AtomicInteger count, int most) {
    if (count.incrementAndGet() > most) {
      count.decrementAndGet();
      return false;
    }
    return true;
  }
}
