package io.pgrok.pgrokd.limit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A rate with a burst of one second's worth. It remembers one number: the time until which what was
 * taken is paid for (the generic cell rate algorithm of ITU-T I.371). Thread-safe.
 */
public final class Rate {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final AtomicLong paidUntil;

  /**
   * @param now of {@link System#nanoTime}
   */
  public Rate(long now) {
    paidUntil = new AtomicLong(now);
  }

  /**
   * Takes one.
   *
   * @param perSecond 1 or more
   * @param now of {@link System#nanoTime}
   * @return 0 when it was there; otherwise nothing is taken, and it may be there in so many
   *     nanoseconds
   */
  public long take(int perSecond, long now) {
    long cost = Math.max(1, SECOND / perSecond);
    while (true) {
      long paid = paidUntil.get();
      // nanoTime may overflow: only differences compare.
      long debt = Math.max(0, paid - now);
      if (debt + cost > SECOND) {
        return debt + cost - SECOND;
      }
      if (paidUntil.compareAndSet(paid, now + debt + cost)) {
        return 0;
      }
    }
  }

  /** Whether it has a full burst again. */
  boolean isFull(long now) {
    return paidUntil.get() - now <= 0;
  }
}
