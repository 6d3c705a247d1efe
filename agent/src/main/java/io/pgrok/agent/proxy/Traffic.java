package io.pgrok.agent.proxy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts visitors' connections over all sessions. Thread-safe. */
public final class Traffic {

  private final LongAdder total = new LongAdder();
  private final AtomicInteger open = new AtomicInteger();

  void opened() {
    total.increment();
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }

  /** Since the start. */
  public long total() {
    return total.sum();
  }

  /** Being relayed now. */
  public int open() {
    return open.get();
  }
}
