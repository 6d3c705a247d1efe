package io.pgrok.agent.control;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The control connection before this one, whose server may still get visitors: because that is
 * about to stop, or because our token is another one. On the session's thread; times are those of
 * {@link System#nanoTime}.
 */
final class Predecessor {

  /** For load balancers, to send visitors where the tunnels are now. */
  private static final Duration SETTLE = Duration.ofSeconds(3);

  private @Nullable ControlConnection connection;
  private boolean succeeded;
  private long ends;

  /** Goes on for the visitors that it carries and gets, but talks of nothing else. */
  void leave(ControlConnection control) {
    end();
    control.leave();
    connection = control;
  }

  /** Whether visitors may still come by it. */
  boolean serves() {
    return connection != null && connection.isOpen();
  }

  /** Whether visitors depend on it, as its successor does not have the tunnels yet. */
  boolean isNeeded() {
    return serves() && !succeeded;
  }

  /** When {@link #check} has something to do; never later than the given time. */
  long nextCheck(long latest) {
    return succeeded ? Math.min(latest, ends) : latest;
  }

  /**
   * Ends it in time.
   *
   * @param hasTunnels whether its successor has all tunnels
   */
  void check(long now, BooleanSupplier hasTunnels) {
    if (succeeded && now - ends >= 0) {
      end();
    } else if (connection != null && !succeeded && hasTunnels.getAsBoolean()) {
      succeeded = true;
      ends = now + SETTLE.toNanos();
    }
  }

  void end() {
    succeeded = false;
    if (connection != null) {
      connection.end();
      connection = null;
    }
  }
}
