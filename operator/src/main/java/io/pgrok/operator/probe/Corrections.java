package io.pgrok.operator.probe;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often a latency may be corrected: thousands that were measured while everything was busy are
 * no reason to ask the API server more when nothing happens. One caller at a time.
 */
final class Corrections {

  private final long pause;
  private @Nullable Long next;

  /**
   * @param pause from one to the next
   */
  Corrections(Duration pause) {
    this.pause = pause.toNanos();
  }

  /**
   * Whether one may begin, which then has begun.
   *
   * @param now of {@link System#nanoTime}
   */
  boolean mayBegin(long now) {
    if (next != null && now - next < 0) {
      return false;
    }
    next = now + pause;
    return true;
  }
}
