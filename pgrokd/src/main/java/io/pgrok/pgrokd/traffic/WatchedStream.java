package io.pgrok.pgrokd.traffic;

import io.netty.buffer.ByteBuf;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ForwardingListener;
import io.pgrok.protocol.relay.ForwardingStream;

/**
 * A visitor's stream whose bytes are counted and whose end is told: for raw relays, which nobody
 * else follows. A relay closes or aborts both of its streams, however it ends.
 */
public final class WatchedStream extends ForwardingStream {

  private final Visit visit;
  private final int status;

  /**
   * @param status what the visit is ended with
   */
  public WatchedStream(ByteStream stream, Visit visit, int status) {
    super(stream);
    this.visit = visit;
    this.status = status;
  }

  @Override
  public void listen(Listener listener) {
    super.listen(counting(listener));
  }

  /** A listener that is told of the stream's bytes by somebody else. */
  public Listener counting(Listener listener) {
    return new Counting(listener);
  }

  @Override
  public void write(ByteBuf bytes) {
    visit.sent(bytes.readableBytes());
    super.write(bytes);
  }

  @Override
  public void close() {
    visit.ended(status, true);
    super.close();
  }

  @Override
  public void abort() {
    visit.ended(status, false);
    super.abort();
  }

  private final class Counting extends ForwardingListener {

    Counting(Listener listener) {
      super(listener);
    }

    @Override
    public void bytes(ByteBuf bytes) {
      visit.received(bytes.readableBytes());
      super.bytes(bytes);
    }
  }
}
