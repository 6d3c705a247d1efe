package io.pgrok.pgrokd.http;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One time limit that is moved often: a timer is armed for the present limit only when the last one
 * went off. Confined to its executor.
 */
final class Deadline {

  private final EventExecutor executor;
  private final Runnable onExpiry;
  private @Nullable Future<?> timer;
  private long expiry;
  private long timerExpiry;
  private boolean set;

  Deadline(EventExecutor executor, Runnable onExpiry) {
    this.executor = executor;
    this.onExpiry = onExpiry;
  }

  /** Moves the limit to this long from now. */
  void set(Duration fromNow) {
    set = true;
    expiry = System.nanoTime() + fromNow.toNanos();
    if (timer == null) {
      arm();
    } else if (timerExpiry - expiry > 0) {
      timer.cancel(false);
      arm();
    }
  }

  /** Moves the limit, where there is one, to this long from now at most. */
  void shorten(Duration fromNow) {
    if (set && expiry - System.nanoTime() > fromNow.toNanos()) {
      set(fromNow);
    }
  }

  /** Lifts the limit. */
  void clear() {
    set = false;
  }

  /** Lifts the limit for good. */
  void cancel() {
    set = false;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void arm() {
    timerExpiry = expiry;
    timer =
        executor.schedule(
            this::check, Math.max(0, expiry - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private void check() {
    timer = null;
    if (!set) {
      return;
    }
    if (expiry - System.nanoTime() > 0) {
      arm();
    } else {
      set = false;
      onExpiry.run();
    }
  }
}
