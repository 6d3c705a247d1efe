package io.pgrok.bench;

import java.util.Arrays;

/**
 * One number of a {@link Scenario}.
 *
 * @param unit as it is printed
 */
record Figure(String peer, String name, double value, String unit) {

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted.length == 0
        ? 0
        : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  String text() {
    return "%s %s".formatted(value < 10 ? "%.1f".formatted(value) : "%,.0f".formatted(value), unit);
  }
}
