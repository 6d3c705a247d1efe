package io.pgrok.agent.inspect;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Memory for bodies. What is given back is used again, so that bodies make no garbage, however many
 * pass. Thread-safe.
 */
final class Blocks {

  /** Bytes in each. */
  static final int SIZE = 16 * 1024;

  private final Deque<byte[]> free = new ArrayDeque<>();
  private final int most;

  /**
   * @param bytes the most that is kept for later
   */
  Blocks(long bytes) {
    this.most = Math.toIntExact(bytes / SIZE);
  }

  /** A block with whatever was in it. */
  synchronized byte[] take() {
    byte[] block = free.poll();
    return block != null ? block : new byte[SIZE];
  }

  synchronized void giveBack(List<byte[]> blocks) {
    for (byte[] block : blocks) {
      if (free.size() < most) {
        free.push(block);
      }
    }
  }
}
