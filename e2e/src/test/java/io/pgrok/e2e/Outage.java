package io.pgrok.e2e;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** How long visitors of a tunnel go without their page after something broke. */
final class Outage {

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int ENOUGH = 20;

  private Outage() {}

  /**
   * Breaks something and visits until the replacement is there and {@value #ENOUGH} visits in a row
   * went well.
   *
   * @return from the fault to the end of the last visit that failed; zero when none did
   * @throws AssertionError when that has not come after two minutes
   */
  static Duration after(Runnable fault, Visitor visitor, BooleanSupplier replaced)
      throws InterruptedException {
    var start = Instant.now();
    fault.run();
    var lastFailure = start;
    int inARow = 0;
    while (inARow < ENOUGH || !replaced.getAsBoolean()) {
      if (visitor.isServed()) {
        inARow++;
      } else {
        inARow = 0;
        lastFailure = Instant.now();
      }
      if (Duration.between(start, Instant.now()).compareTo(LIMIT) > 0) {
        throw new AssertionError("not served again, or not replaced, after " + LIMIT);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return Duration.between(start, lastFailure);
  }
}
