package io.pgrok.bench;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What one peer did.
 *
 * @param work by the workload's title: its samples, one for each repetition
 * @param idle memory after the start and a few requests, in KiB
 * @param after memory a moment after the last workload
 * @param peak the most that was resident
 */
record Result(String peer, Map<String, List<Sample>> work, Memory idle, Memory after, Memory peak) {

  /** KiB of both sides. */
  record Memory(long server, long client) {}

  /**
   * One repetition.
   *
   * @param serverMicros CPU of the server for each request
   * @param clientMicros the same of the client
   */
  record Sample(
      double perSecond,
      double megabytesPerSecond,
      double p50Micros,
      double p99Micros,
      double serverMicros,
      double clientMicros,
      long failures) {

    double cpuMicros() {
      return serverMicros + clientMicros;
    }
  }

  /** The median of a figure; 0 where the peer has no such workload. */
  double median(Workload workload, ToDoubleFunction<Sample> figure) {
    double[] values =
        work.getOrDefault(workload.title(), List.of()).stream()
            .mapToDouble(figure)
            .sorted()
            .toArray();
    return values.length == 0
        ? 0
        : (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
  }

  long failures() {
    return work.values().stream().flatMap(List::stream).mapToLong(Sample::failures).sum();
  }
}
