package io.pgrok.e2e;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Visitors who ask for a page again and again until {@link #stop}, a hundred times a second at
 * most.
 */
final class Load {

  private static final Duration PAUSE = Duration.ofMillis(10);

  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicLong longestNanos = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> visitors;
  private volatile boolean stopped;

  private Load(int visitors, Supplier<Visitor> visitor) {
    this.visitors =
        IntStream.range(0, visitors)
            .mapToObj(number -> Thread.ofVirtual().unstarted(() -> visit(visitor.get())))
            .toList();
  }

  static Load start(int visitors, Supplier<Visitor> visitor) {
    var load = new Load(visitors, visitor);
    load.visitors.forEach(Thread::start);
    return load;
  }

  /** How many requests were answered as they should be, so far. */
  int answered() {
    return answered.get();
  }

  /** The longest that any of them waited for an answer. */
  Duration longest() {
    return Duration.ofNanos(longestNanos.get());
  }

  /** Ends it, and tells of each request that was not answered with 200. */
  List<String> stop() throws InterruptedException {
    stopped = true;
    for (var visitor : visitors) {
      visitor.join();
    }
    return List.copyOf(failures);
  }

  private void visit(Visitor visitor) {
    while (!stopped) {
      try {
        long asked = System.nanoTime();
        var response = visitor.get("/");
        longestNanos.accumulateAndGet(System.nanoTime() - asked, Math::max);
        if (response.statusCode() == 200) {
          answered.incrementAndGet();
        } else {
          failures.add(
              response.statusCode() + " " + response.body().lines().findFirst().orElse(""));
        }
        Thread.sleep(PAUSE);
      } catch (IOException e) {
        failures.add(e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
