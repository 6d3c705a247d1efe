package io.pgrok.operator.agent;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a job for a key soon after it was asked for: at once when the key was quiet, else when its
 * pause is over, however often it was asked meanwhile. Never twice at a time for one key; a job
 * that failed is tried again with backoff until it succeeds. Thread-safe.
 *
 * <p>The pause grows with the job: a job that takes long is not run back to back.
 */
final class Coalescer<K> {

  private static final Logger log = LoggerFactory.getLogger(Coalescer.class);

  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LAST_RETRY = Duration.ofSeconds(30);

  /** The job of a key. It may block. */
  @FunctionalInterface
  interface Job<K> {
    void run(K key) throws Exception;
  }

  private final Job<K> job;
  private final Duration pause;
  private final Executor executor;
  private final ScheduledExecutorService timer;
  private final Set<K> busy = new HashSet<>();
  private final Set<K> asked = new HashSet<>();

  /**
   * @param pause least time from the end of a run to the next of the same key
   * @param executor for the jobs; it bounds how many run at a time
   * @param timer for the pauses
   */
  Coalescer(Job<K> job, Duration pause, Executor executor, ScheduledExecutorService timer) {
    this.job = job;
    this.pause = pause;
    this.executor = executor;
    this.timer = timer;
  }

  /** Asks for a run that begins after this call. Does not block. */
  synchronized void ask(K key) {
    if (busy.add(key)) {
      executor.execute(() -> run(key, FIRST_RETRY));
    } else {
      asked.add(key);
    }
  }

  private void run(K key, Duration retry) {
    synchronized (this) {
      asked.remove(key);
    }
    long start = System.nanoTime();
    try {
      job.run(key);
    } catch (Exception e) {
      log.warn("failed, to be tried again key={} in={} error={}", key, retry, e.toString());
      var next =
          retry.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retry.multipliedBy(2);
      later(retry.toNanos(), () -> run(key, next));
      return;
    }
    long took = System.nanoTime() - start;
    later(Math.max(pause.toNanos(), 2 * took), () -> settle(key));
  }

  private void settle(K key) {
    synchronized (this) {
      if (!asked.contains(key)) {
        busy.remove(key);
        return;
      }
    }
    run(key, FIRST_RETRY);
  }

  private void later(long nanos, Runnable then) {
    var unused = timer.schedule(() -> executor.execute(then), nanos, TimeUnit.NANOSECONDS);
  }
}
