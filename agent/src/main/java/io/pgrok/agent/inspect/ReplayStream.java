package io.pgrok.agent.inspect;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.pgrok.protocol.relay.ByteStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A visitor who sends one request and forgets the answer: somebody else looks on. */
final class ReplayStream implements ByteStream {

  /** A private service that has not ended its answer by then is left. */
  private static final long PATIENCE_SECONDS = 120;

  private final EventLoop loop;
  private final Future<?> patience;
  private @Nullable ByteBuf request;
  private @Nullable Listener listener;
  private boolean asked;
  private boolean over;

  /**
   * @param request whose ownership passes to the stream; it asks for the connection's end
   */
  ReplayStream(EventLoop loop, ByteBuf request) {
    this.loop = loop;
    this.request = request;
    patience = loop.schedule(this::leave, PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public EventExecutor executor() {
    return loop;
  }

  @Override
  public void listen(Listener next) {
    loop.execute(() -> {
      listener = next;
      deliver();
    });
  }

  @Override
  public void pause() {
    loop.execute(() -> listener = null);
  }

  @Override
  public void read() {
    loop.execute(() -> {
      asked = true;
      deliver();
    });
  }

  private void deliver() {
    ByteBuf bytes = request;
    if (bytes != null && asked && listener != null) {
      request = null;
      listener.bytes(bytes);
      listener.readComplete();
    }
  }

  @Override
  public void write(ByteBuf bytes) {
    bytes.release();
  }

  @Override
  public void flush() {}

  @Override
  public boolean isWritable() {
    return true;
  }

  /** The end of the answer ends everything. */
  @Override
  public boolean canFinish() {
    return false;
  }

  @Override
  public void finish() {
    close();
  }

  @Override
  public void close() {
    loop.execute(() -> {
      over = true;
      patience.cancel(false);
      if (request != null) {
        request.release();
        request = null;
      }
    });
  }

  @Override
  public void abort() {
    close();
  }

  private void leave() {
    if (!over && listener != null) {
      listener.end(End.BROKEN);
    }
  }
}
