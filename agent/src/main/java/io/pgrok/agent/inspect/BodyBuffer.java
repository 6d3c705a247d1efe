package io.pgrok.agent.inspect;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The first bytes of a body, as they were on the wire, and how many there were. */
final class BodyBuffer {

  /** Up to here a body has an array of its own length. */
  private static final int SMALL = 2 * 1024;

  private static final byte[] NONE = {};

  private final Blocks memory;
  private List<byte[]> blocks = List.of();
  private byte[] small = NONE;
  private int kept;
  private long size;

  BodyBuffer(Blocks memory) {
    this.memory = memory;
  }

  /**
   * Looks at readable bytes without consuming them. Beyond the limit it only counts.
   *
   * @return how many more bytes of memory it holds now
   */
  int add(ByteBuf in, int length, int limit) {
    size += length;
    int taken = Math.min(length, limit - kept);
    if (taken <= 0) {
      return 0;
    }
    int before = held();
    if (blocks.isEmpty() && kept + taken <= SMALL) {
      small = Arrays.copyOf(small, kept + taken);
      in.getBytes(in.readerIndex(), small, kept, taken);
      kept += taken;
    } else {
      intoBlocks(in, taken);
    }
    return held() - before;
  }

  private void intoBlocks(ByteBuf in, int length) {
    if (blocks.isEmpty()) {
      blocks = new ArrayList<>(4);
    }
    if (blocks.isEmpty() && kept > 0) {
      blocks.add(memory.take());
      System.arraycopy(small, 0, blocks.getFirst(), 0, kept);
      small = NONE;
    }
    int from = in.readerIndex();
    int end = from + length;
    while (from < end) {
      int at = kept % Blocks.SIZE;
      if (at == 0) {
        blocks.add(memory.take());
      }
      int copied = Math.min(end - from, Blocks.SIZE - at);
      in.getBytes(from, blocks.getLast(), at, copied);
      from += copied;
      kept += copied;
    }
  }

  /** A copy of what is kept. */
  byte[] bytes() {
    byte[] copy = Arrays.copyOf(small, kept);
    for (int block = 0; block < blocks.size(); block++) {
      int at = block * Blocks.SIZE;
      System.arraycopy(blocks.get(block), 0, copy, at, Math.min(Blocks.SIZE, kept - at));
    }
    return copy;
  }

  long size() {
    return size;
  }

  /** Bytes of memory. */
  int held() {
    return small.length + blocks.size() * Blocks.SIZE;
  }

  boolean isTruncated() {
    return kept < size;
  }

  /** Gives the memory back. */
  void drop() {
    memory.giveBack(blocks);
    blocks = List.of();
    small = NONE;
    kept = 0;
  }
}
