package io.pgrok.pgrokd.tunnel;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets visitors wait for a private service that has just gone, as it does when its pod is replaced:
 * for a while from the first visitor who missed it. From then on, until it has been back, and where
 * it never was, each waits for a moment only: that in which a Service whose first pod is ready
 * still refuses connections, as the nodes have not heard of it. Thread-safe.
 */
public final class Comeback {

  /**
   * Visitors of one tunnel that wait at a time; each holds a connection and the head of a request.
   */
  private static final int MOST_WAITING = 1000;

  /** An agent says nothing when its private service, and not itself, has come back. */
  private static final Duration GLANCE = Duration.ofMillis(250);

  /** Of the whole wait, for each visitor of what is not known to have been there. */
  private static final int MOMENT = 10;

  private static final long NEVER = 0;

  private final Duration grace;
  private volatile boolean known;
  private final AtomicLong missedSince = new AtomicLong(NEVER);
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

  Comeback(Duration grace) {
    this.grace = grace;
  }

  /** The private service has answered a visitor. */
  public void served() {
    if (!known) {
      known = true;
    }
    if (missedSince.get() != NEVER) {
      missedSince.set(NEVER);
    }
  }

  /**
   * Whether a visitor who missed it just now may wait.
   *
   * @param waited for how long this visitor has waited already
   */
  boolean mayWait(Duration waited) {
    if (waiting.size() >= MOST_WAITING) {
      return false;
    }
    return (known && hasJustGone()) || waited.compareTo(grace.dividedBy(MOMENT)) < 0;
  }

  private boolean hasJustGone() {
    long now = System.nanoTime() | 1; // never NEVER
    long since = missedSince.updateAndGet(before -> before == NEVER ? now : before);
    return now - since < grace.toNanos();
  }

  /** Runs a visitor's next attempt once: when another agent has come, or after a moment. */
  public void await(EventExecutor executor, Runnable attempt) {
    Waiting visitor = new Waiting(executor, attempt);
    waiting.add(visitor);
    executor.schedule(visitor, GLANCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Another agent carries the tunnel from now on. */
  void joined() {
    missedSince.set(NEVER);
    waiting.forEach(visitor -> visitor.executor.execute(visitor));
  }

  private final class Waiting implements Runnable {
    private final EventExecutor executor;
    private final Runnable attempt;
    private final AtomicBoolean over = new AtomicBoolean();

    Waiting(EventExecutor executor, Runnable attempt) {
      this.executor = executor;
      this.attempt = attempt;
    }

    @Override
    public void run() {
      if (over.compareAndSet(false, true)) {
        waiting.remove(this);
        attempt.run();
      }
    }
  }
}
