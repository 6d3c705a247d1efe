package io.pgrok.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoalescerTest {

  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void stop() {
    timer.shutdownNow();
    workers.shutdownNow();
  }

  @Test
  void thousandRequestsWhileItRunsAreOneMoreRun() throws InterruptedException {
    var started = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var runs = new AtomicInteger();
    var coalescer =
        coalescer(key -> {
          runs.incrementAndGet();
          started.countDown();
          release.await();
        });

    coalescer.ask("key");
    started.await();
    for (int i = 0; i < 1000; i++) {
      coalescer.ask("key");
    }
    release.countDown();

    Awaitility.await().untilAtomic(runs, equalTo(2));
    coalescer.ask("other");
    Awaitility.await().untilAtomic(runs, equalTo(3));
  }

  @Test
  void whatWasAskedDuringARunIsSeenByTheNext() {
    var seen = new CopyOnWriteArrayList<List<String>>();
    var state = new CopyOnWriteArrayList<String>();
    var coalescer = coalescer(key -> seen.add(new ArrayList<>(state)));

    for (int i = 0; i < 100; i++) {
      state.add("change " + i);
      coalescer.ask("key");
    }

    Awaitility.await().untilAsserted(() -> assertThat(seen.getLast()).hasSize(100));
  }

  @Test
  void failedJobIsTriedAgain() {
    var runs = new AtomicInteger();
    var coalescer =
        coalescer(key -> {
          if (runs.incrementAndGet() < 3) {
            throw new IllegalStateException("not yet");
          }
        });

    coalescer.ask("key");

    Awaitility.await().untilAtomic(runs, equalTo(3));
  }

  private Coalescer<String> coalescer(Coalescer.Job<String> job) {
    return new Coalescer<>(job, Duration.ofMillis(1), workers, timer);
  }
}
