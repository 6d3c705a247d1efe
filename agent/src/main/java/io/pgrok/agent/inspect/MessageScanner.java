package io.pgrok.agent.inspect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.BodyScanner;
import io.pgrok.protocol.http.Framing;
import io.pgrok.protocol.http.HeadEnd;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Follows one direction of an HTTP/1 connection without touching it. What it cannot follow it gives
 * up; the bytes themselves pass all the same.
 */
final class MessageScanner {

  /** Hears what goes by. */
  interface Sink {
    /**
     * @return how the body ends
     */
    Framing head(WireHead head) throws BadHttpException;

    /** The next {@code length} readable bytes are body, with its chunks' framing. */
    void body(ByteBuf bytes, int length);

    /** The message is complete. */
    void complete();

    /** Readable bytes that are no HTTP any more. */
    void raw(ByteBuf bytes);

    /** This direction cannot be followed. */
    void lost();
  }

  private enum Mode {
    HEAD,
    BODY,
    RAW,
    LOST
  }

  private final Sink sink;
  private final HeadEnd headEnd = new HeadEnd();
  private Mode mode = Mode.HEAD;
  private @Nullable ByteBuf begun;
  private @Nullable BodyScanner body;

  MessageScanner(Sink sink) {
    this.sink = sink;
  }

  /** Looks at the readable bytes; they stay readable. */
  void scan(ByteBuf bytes) {
    ByteBuf rest = bytes.duplicate();
    try {
      while (rest.isReadable()) {
        switch (mode) {
          case HEAD -> {
            if (begun != null) {
              begun.writeBytes(rest);
              rest = begun;
            }
            if (!head(rest)) {
              return;
            }
          }
          case BODY -> body(rest);
          case RAW -> {
            sink.raw(rest);
            return;
          }
          case LOST -> {
            return;
          }
        }
      }
    } catch (BadHttpException e) {
      lost();
    }
  }

  private boolean head(ByteBuf in) throws BadHttpException {
    int length = headEnd.find(in);
    if (length < 0) {
      if (begun == null) {
        begun = Unpooled.buffer(in.readableBytes() + 512).writeBytes(in);
      }
      return false;
    }
    WireHead head = WireHead.read(in, length);
    begun = null;
    mode = Mode.BODY;
    body = BodyScanner.of(sink.head(head));
    doneMaybe(body);
    return true;
  }

  private void body(ByteBuf in) throws BadHttpException {
    BodyScanner scanner = Objects.requireNonNull(body);
    int length = scanner.scan(in);
    sink.body(in, length);
    in.skipBytes(length);
    doneMaybe(scanner);
  }

  private void doneMaybe(BodyScanner scanner) {
    if (mode == Mode.BODY && scanner.isDone()) {
      mode = Mode.HEAD;
      body = null;
      sink.complete();
    }
  }

  /** What comes from here on is another protocol's. */
  void becomesRaw() {
    mode = Mode.RAW;
    begun = null;
    body = null;
  }

  private void lost() {
    mode = Mode.LOST;
    begun = null;
    body = null;
    sink.lost();
  }
}
