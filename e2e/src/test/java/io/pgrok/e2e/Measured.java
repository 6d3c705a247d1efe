package io.pgrok.e2e;

import java.time.Duration;

/** Prints figures that the tests measure, one a line, so that a run's output tells them. */
final class Measured {

  private Measured() {}

  static void print(String what, Duration duration) {
    System.out.printf("MEASURED %s: %.2f s%n", what, duration.toMillis() / 1000.0);
  }

  static void count(String what, int count) {
    System.out.printf("MEASURED %s: %d%n", what, count);
  }
}
