package io.pgrok.agent.inspect;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** The first bytes of a body, as they were on the wire, and how many there were. */
final class BodyBuffer {

  private static final byte[] NONE = {};

  private byte[] bytes = NONE;
  private int kept;
  private long size;

  /**
   * Looks at readable bytes without consuming them.
   *
   * @return how many more are kept now
   */
  int add(ByteBuf in, int length, int limit) {
    size += length;
    int taken = Math.min(length, limit - kept);
    if (taken <= 0) {
      return 0;
    }
    if (bytes.length < kept + taken) {
      bytes = Arrays.copyOf(bytes, Math.clamp(2L * bytes.length, kept + taken, limit));
    }
    in.getBytes(in.readerIndex(), bytes, kept, taken);
    kept += taken;
    return taken;
  }

  /** A copy of what is kept. */
  byte[] bytes() {
    return Arrays.copyOf(bytes, kept);
  }

  long size() {
    return size;
  }

  int kept() {
    return kept;
  }

  boolean isTruncated() {
    return kept < size;
  }

  /** Gives the memory back. */
  void drop() {
    bytes = NONE;
    kept = 0;
  }
}
