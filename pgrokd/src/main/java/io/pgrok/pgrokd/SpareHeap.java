package io.pgrok.pgrokd;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back what a burst of visitors made the heap grow by: the serial collector lets it grow to
 * its limit before it looks at old garbage, and a server that has become quiet never gets there.
 * Looked at every few seconds by one thread.
 */
final class SpareHeap {

  private static final Logger LOG = LoggerFactory.getLogger(SpareHeap.class);

  /** A pause of a few hundredths of a second is nobody's by then. */
  static final Duration QUIET = Duration.ofSeconds(8);

  private final Jvm jvm;
  private final LongSupplier clock;
  private long before;
  private long collections;
  private long since;

  /** What is asked of the JVM. */
  interface Jvm {

    /** Bytes that the heap takes, used or not. */
    long heap();

    /** How often anything was collected: seldom means that little happens. */
    long collections();

    /** Collects everything, and gives back what that leaves free. */
    void collect();
  }

  /**
   * @param clock in nanoseconds
   */
  SpareHeap(Jvm jvm, LongSupplier clock) {
    this.jvm = jvm;
    this.clock = clock;
    this.before = jvm.heap();
    this.collections = jvm.collections();
    this.since = clock.getAsLong();
  }

  static SpareHeap ofThisProcess() {
    return new SpareHeap(new ThisJvm(), System::nanoTime);
  }

  void check() {
    long now = jvm.collections();
    if (now != collections) {
      collections = now;
      since = clock.getAsLong();
    } else if (clock.getAsLong() - since > QUIET.toNanos() && hasGrown(jvm.heap())) {
      long grown = jvm.heap();
      jvm.collect();
      before = jvm.heap();
      collections = jvm.collections();
      LOG.debug("heap given back bytesBefore={} bytesNow={}", grown, before);
    }
  }

  /** By more than a tenth; less is not worth a pause. */
  private boolean hasGrown(long heap) {
    return heap > before + before / 10;
  }

  private static final class ThisJvm implements Jvm {

    private final List<GarbageCollectorMXBean> collectors =
        ManagementFactory.getGarbageCollectorMXBeans();

    @Override
    public long heap() {
      return Runtime.getRuntime().totalMemory();
    }

    @Override
    public long collections() {
      return collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
    }

    @Override
    public void collect() {
      System.gc();
    }
  }
}
