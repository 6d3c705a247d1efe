package io.pgrok.protocol.relay;

import io.netty.buffer.ByteBuf;
import io.pgrok.protocol.relay.ByteStream.End;

/**
 * Joins two streams: what one receives the other sends. When one side has finished, the rest is
 * delivered and both are closed; when one breaks, the other is aborted, so that nobody takes half a
 * message for a whole one.
 */
public final class Relay {

  private Relay() {}

  /** Starts to copy in both directions and takes both streams over. Any thread. */
  public static void join(ByteStream a, ByteStream b) {
    a.listen(new Side(a, b));
    b.listen(new Side(b, a));
    a.read();
    b.read();
  }

  private record Side(ByteStream from, ByteStream to) implements ByteStream.Listener {

    @Override
    public void bytes(ByteBuf bytes) {
      to.write(bytes);
    }

    @Override
    public void readComplete() {
      to.flush();
      if (to.isWritable()) {
        from.read();
      }
    }

    /** This side takes bytes again: the other side's reads go on. */
    @Override
    public void writable() {
      to.read();
    }

    @Override
    public void end(End end) {
      switch (end) {
        case FINISHED -> {
          to.close();
          from.close();
        }
        case BROKEN -> {
          to.abort();
          from.abort();
        }
      }
    }
  }
}
