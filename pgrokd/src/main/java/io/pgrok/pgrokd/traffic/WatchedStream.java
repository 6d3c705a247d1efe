package io.pgrok.pgrokd.traffic;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.pgrok.protocol.relay.ByteStream;

/**
 * A visitor's stream whose bytes are counted and whose end is told: for raw relays, which nobody
 * else follows. A relay closes or aborts both of its streams, however it ends.
 *
 * @param status what the visit is ended with
 */
public record WatchedStream(ByteStream stream, Visit visit, int status) implements ByteStream {

  @Override
  public EventExecutor executor() {
    return stream.executor();
  }

  @Override
  public void listen(Listener listener) {
    stream.listen(counting(listener));
  }

  /** A listener that is told of the stream's bytes by somebody else. */
  public Listener counting(Listener listener) {
    return new Counting(listener, visit);
  }

  @Override
  public void pause() {
    stream.pause();
  }

  @Override
  public void read() {
    stream.read();
  }

  @Override
  public void write(ByteBuf bytes) {
    visit.sent(bytes.readableBytes());
    stream.write(bytes);
  }

  @Override
  public void flush() {
    stream.flush();
  }

  @Override
  public boolean isWritable() {
    return stream.isWritable();
  }

  @Override
  public boolean canFinish() {
    return stream.canFinish();
  }

  @Override
  public void finish() {
    stream.finish();
  }

  @Override
  public void close() {
    visit.ended(status, true);
    stream.close();
  }

  @Override
  public void abort() {
    visit.ended(status, false);
    stream.abort();
  }

  private record Counting(Listener listener, Visit visit) implements Listener {

    @Override
    public void bytes(ByteBuf bytes) {
      visit.received(bytes.readableBytes());
      listener.bytes(bytes);
    }

    @Override
    public void readComplete() {
      listener.readComplete();
    }

    @Override
    public void writable() {
      listener.writable();
    }

    @Override
    public void end(End end) {
      listener.end(end);
    }
  }
}
