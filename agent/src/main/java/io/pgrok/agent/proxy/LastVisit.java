package io.pgrok.agent.proxy;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a tunnel was last visited. It is told seldom, so that a busy tunnel does not keep the
 * readers of the status busy. Thread-safe.
 */
public final class LastVisit {

  /** What is told is at most so old, and changes at most so often. */
  static final long TOLD_EVERY_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private volatile long last;
  private volatile long told;

  /** Something came of a visitor. */
  void visited(long nowMillis) {
    last = nowMillis;
  }

  /** Whether {@link #told} would say something new. */
  public boolean isNews(long nowMillis) {
    return last != told && nowMillis - told >= TOLD_EVERY_MILLIS;
  }

  /** Milliseconds since the epoch, null for never. */
  public @Nullable Long told(long nowMillis) {
    if (isNews(nowMillis)) {
      told = last;
    }
    return told == 0 ? null : Long.valueOf(told);
  }
}
