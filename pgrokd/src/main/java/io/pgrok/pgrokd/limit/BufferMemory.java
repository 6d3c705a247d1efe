package io.pgrok.pgrokd.limit;

import io.netty.util.internal.PlatformDependent;
import java.util.function.LongSupplier;

/**
 * The memory for network buffers, which the JVM bounds: where it ends, a read of any connection
 * fails, and a link takes the visitors of its agent along. Thread-safe.
 *
 * @param used bytes of it
 * @param most bytes that there are
 */
public record BufferMemory(LongSupplier used, long most) {

  /** Of all of it, in percent: when more is taken nobody else is let in. */
  static final int FULL = 50;

  /** What {@code -XX:MaxDirectMemorySize} says, else as much as the heap may grow to. */
  public static BufferMemory ofThisProcess() {
    return new BufferMemory(
        PlatformDependent::usedDirectMemory, PlatformDependent.maxDirectMemory());
  }

  /** New visitors are refused, and who takes nothing of what waits for them has to go. */
  public boolean isShort() {
    return used.getAsLong() > most / 100 * FULL;
  }
}
