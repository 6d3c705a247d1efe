package io.pgrok.bench;

import io.pgrok.bench.Result.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a fixed rate, whether the answers come or not: each is timed from the moment when it
 * was due, so that a stall counts for all that it keeps waiting.
 */
final class HalfRate {

  private static final int CONNECTIONS = 32;

  /** This driver is a JVM itself: in its first seconds it would measure its own compiler. */
  private static final int WARM_UP_SECONDS = 5;

  /** Whoever is behind by more is not waited for: the rate says so. */
  private static final long GRACE = TimeUnit.SECONDS.toNanos(1);

  private HalfRate() {}

  static List<Figure> measure(Scenario.Stage stage) throws IOException, InterruptedException {
    double rate = best(stage) / 2;
    List<Figure> figures = new ArrayList<>();
    if (rate == 0) {
      return figures;
    }
    for (Map.Entry<Peer, Pair> entry : stage.running().entrySet()) {
      drive(entry.getValue(), rate, WARM_UP_SECONDS);
      long[] micros = drive(entry.getValue(), rate, stage.seconds());
      String peer = entry.getKey().name();
      figures.add(new Figure(peer, "rate", micros.length / (double) stage.seconds(), "a second"));
      figures.add(new Figure(peer, "p50", at(micros, .5), "ms"));
      figures.add(new Figure(peer, "p99", at(micros, .99), "ms"));
    }
    return figures;
  }

  /** The most that another tunnel has done; the ceiling's where there is no other. */
  private static double best(Scenario.Stage stage) {
    List<String> rivals =
        stage.running().keySet().stream().filter(Peer::isRival).map(Peer::name).toList();
    List<String> compared = rivals.isEmpty() ? List.of("two nginx hops") : rivals;
    return stage.results().stream()
        .filter(result -> compared.contains(result.peer()))
        .mapToDouble(result -> result.median(Workload.KEEP_ALIVE, Sample::perSecond))
        .max()
        .orElse(0);
  }

  private static double at(long[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) ((sorted.length - 1) * share)] / 1000.0;
  }

  /** Sorted, in microseconds. */
  private static long[] drive(Pair pair, double rate, int seconds)
      throws IOException, InterruptedException {
    ConcurrentLinkedQueue<long[]> all = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    for (int i = 0; i < CONNECTIONS; i++) {
      Visitor visitor = new Visitor(pair);
      long first = begin + (long) (i * 1e9 / rate);
      threads.add(Thread.startVirtualThread(() -> all.add(ask(visitor, first, rate, seconds))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    long[] sorted = all.stream().flatMapToLong(Arrays::stream).toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  private static long[] ask(Visitor visitor, long first, double rate, int seconds) {
    int count = (int) (rate / CONNECTIONS * seconds);
    long[] micros = new long[count];
    int answered = 0;
    long end = first + TimeUnit.SECONDS.toNanos(seconds) + GRACE;
    try (visitor) {
      while (answered < count && System.nanoTime() - end < 0) {
        long due = first + (long) (answered * CONNECTIONS * 1e9 / rate);
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        visitor.ask();
        micros[answered++] = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due);
      }
    } catch (IOException e) {
      System.err.println("bench: " + e.getMessage());
    }
    return Arrays.copyOf(micros, answered);
  }
}
