package io.pgrok.agent.inspect;

import java.util.Arrays;

/** How long the newest requests took. Thread-safe. */
public final class Latencies {

  private static final int WINDOW = 512;

  private final double[] newest = new double[WINDOW];
  private long count;

  /**
   * Percentiles of the newest requests, in milliseconds.
   *
   * @param count of all since the start; the percentiles are 0 when there was none
   */
  public record Summary(long count, double p50, double p90, double p99) {}

  synchronized void add(double millis) {
    newest[(int) (count++ % WINDOW)] = millis;
  }

  public synchronized Summary summary() {
    int known = (int) Math.min(count, WINDOW);
    if (known == 0) {
      return new Summary(0, 0, 0, 0);
    }
    double[] sorted = Arrays.copyOf(newest, known);
    Arrays.sort(sorted);
    return new Summary(count, at(sorted, 0.50), at(sorted, 0.90), at(sorted, 0.99));
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))];
  }
}
