package io.pgrok.protocol.mux;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What a stream has received and nobody has asked for, and the window that bounds it. The window
 * starts small, so that a thousand stalled visitors hold little memory, and grows while the reader
 * keeps up, so that one fast stream fills a long link. Confined to the link's event loop.
 */
final class Inbox {

  private final Queue<ByteBuf> waiting = new ArrayDeque<>();
  private final Budget budget;

  private int window = Frames.FIRST_WINDOW;

  /** What the sender may still send. */
  private int open = Frames.FIRST_WINDOW;

  /** What was handed on since credit was last given. */
  private int consumed;

  Inbox(Budget budget) {
    this.budget = budget;
  }

  /** Memory that the windows of one link may grow by, together, in bytes. */
  static final class Budget {
    private long left;

    Budget(long bytes) {
      this.left = bytes;
    }

    boolean take(int bytes) {
      if (bytes > left) {
        return false;
      }
      left -= bytes;
      return true;
    }

    void give(int bytes) {
      left += bytes;
    }
  }

  /**
   * Takes over bytes.
   *
   * @return false when the sender has ignored its window; the bytes are released then
   */
  boolean offer(ByteBuf bytes) {
    int length = bytes.readableBytes();
    if (length > open) {
      bytes.release();
      return false;
    }
    open -= length;
    waiting.add(bytes);
    return true;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** The oldest bytes, whose ownership passes to the caller; only when not empty. */
  ByteBuf take() {
    ByteBuf bytes = waiting.remove();
    consumed += bytes.readableBytes();
    return bytes;
  }

  /**
   * The credit to give back now, 0 for none. It is given once half of the window was consumed: a
   * reader that has taken everything by then keeps up, and its window doubles while the budget
   * lasts.
   */
  int credit() {
    if (consumed < window / 2) {
      return 0;
    }
    int credit = consumed;
    consumed = 0;
    if (waiting.isEmpty() && window < Frames.LARGEST_WINDOW && budget.take(window)) {
      credit += window;
      window *= 2;
    }
    open += credit;
    return credit;
  }

  /** Releases what waits. */
  void discard() {
    waiting.forEach(ByteBuf::release);
    waiting.clear();
  }

  /** No more will come: what the window grew by is for other streams. What waits stays. */
  void retire() {
    budget.give(window - Frames.FIRST_WINDOW);
    window = Frames.FIRST_WINDOW;
  }
}
