package io.pgrok.agent.net;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Delays that double from one try to the next up to a limit, each shortened by a random part of up
 * to a half, so that agents which lost the same server do not come back in step. Not thread-safe.
 */
public final class Backoff {

  private final Duration first;
  private final Duration limit;
  private final RandomGenerator random;
  private Duration next;

  public Backoff(Duration first, Duration limit, RandomGenerator random) {
    this.first = first;
    this.limit = limit;
    this.random = random;
    this.next = first;
  }

  /** How long to wait before the next try. */
  public Duration next() {
    Duration full = next;
    Duration doubled = full.multipliedBy(2);
    next = doubled.compareTo(limit) < 0 ? doubled : limit;
    return Duration.ofNanos((long) (full.toNanos() * (1 - random.nextDouble() / 2)));
  }

  /** The last try worked. */
  public void reset() {
    next = first;
  }
}
