package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.pgrok.protocol.relay.ByteStream;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The part of a request's body that has been sent, kept for sending it once more as long as it is
 * small. Confined to the visitor's event loop.
 */
final class SentBody {

  /** What one request may hold in memory. */
  private static final int MAX_KEPT = 64 * 1024;

  private final Queue<ByteBuf> parts = new ArrayDeque<>();
  private int kept;
  private boolean whole = true;

  /** Notes what is being sent; takes a reference of its own. */
  void add(ByteBuf part) {
    kept += part.readableBytes();
    if (whole && kept <= MAX_KEPT) {
      parts.add(part.retainedDuplicate());
    } else {
      forget();
      whole = false;
    }
  }

  /** Whether nothing has been sent that is not kept. */
  boolean isWhole() {
    return whole;
  }

  void writeAgain(ByteStream stream) {
    parts.forEach(part -> stream.write(part.retainedDuplicate()));
  }

  /** It will not be needed again. */
  void forget() {
    parts.forEach(ByteBuf::release);
    parts.clear();
    kept = 0;
  }
}
