package io.pgrok.agent.inspect;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest messages of one WebSocket. */
public final class WebSocketLog {

  /** Messages of one connection at most. */
  static final int MAX_ENTRIES = 200;

  private final Deque<Entry> entries = new ArrayDeque<>();
  private long total;
  private int bytes;

  /**
   * One message, or control frame.
   *
   * @param atMillis since the epoch
   * @param fromVisitor or from the private service
   * @param opcode of RFC 6455 section 5.2
   * @param size of the whole payload, uncompressed
   * @param payload its first bytes
   */
  public record Entry(long atMillis, boolean fromVisitor, int opcode, long size, byte[] payload) {}

  /**
   * @return how many more bytes are kept now; less than 0 when older ones went
   */
  int add(Entry entry) {
    int before = bytes;
    total++;
    entries.addLast(entry);
    bytes += entry.payload().length;
    if (entries.size() > MAX_ENTRIES) {
      bytes -= entries.removeFirst().payload().length;
    }
    return bytes - before;
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }

  long total() {
    return total;
  }

  int bytes() {
    return bytes;
  }

  void drop() {
    entries.clear();
    bytes = 0;
  }
}
