package io.pgrok.agent.control;

import io.pgrok.protocol.message.Extension;
import java.time.Duration;

/** When to ping, and when the server counts as gone. Times are of one monotonic clock, in ns. */
final class Heartbeat {

  /** What to do now. */
  enum Due {
    NOTHING,
    PING,
    /** Nothing came in time. */
    GIVE_UP
  }

  private final long interval;
  private final long timeout;
  private long nextPing;
  private long unansweredSince;
  private boolean unanswered;

  private Heartbeat(Duration interval, Duration timeout, long now) {
    this.interval = interval.toNanos();
    this.timeout = timeout.toNanos();
    this.nextPing = now + this.interval;
  }

  /**
   * @param brief whether {@link Extension#HEARTBEAT} was granted; otherwise the reference's values
   */
  static Heartbeat start(boolean brief, long now) {
    return brief
        ? new Heartbeat(
            Duration.ofSeconds(Extension.HEARTBEAT_SECONDS),
            Duration.ofSeconds(Extension.HEARTBEAT_TIMEOUT_SECONDS),
            now)
        : new Heartbeat(Duration.ofSeconds(20), Duration.ofSeconds(15), now);
  }

  Due check(long now) {
    if (unanswered && now - unansweredSince >= timeout) {
      return Due.GIVE_UP;
    }
    return now - nextPing >= 0 ? Due.PING : Due.NOTHING;
  }

  void pinged(long now) {
    nextPing = now + interval;
    if (!unanswered) {
      unanswered = true;
      unansweredSince = now;
    }
  }

  /** Anything from the server proves that it is there: its Pong comes after what it says before. */
  void heard() {
    unanswered = false;
  }

  /** When {@link #check} is worth another look. */
  long nextCheck() {
    return unanswered ? Math.min(nextPing, unansweredSince + timeout) : nextPing;
  }
}
