package io.pgrok.protocol.relay;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.pgrok.protocol.relay.ByteStream.End;
import java.util.concurrent.RejectedExecutionException;

/** Calls a listener on an event loop of its owner's choice, in order. */
public record Confined(EventExecutor executor, ByteStream.Listener listener)
    implements ByteStream.Listener {

  @Override
  public void bytes(ByteBuf bytes) {
    if (executor.inEventLoop()) {
      listener.bytes(bytes);
      return;
    }
    try {
      executor.execute(() -> listener.bytes(bytes));
    } catch (RejectedExecutionException e) {
      // The owner's event loop has been shut down: nobody is left to read this.
      bytes.release();
    }
  }

  @Override
  public void readComplete() {
    run(listener::readComplete);
  }

  @Override
  public void writable() {
    run(listener::writable);
  }

  @Override
  public void end(End end) {
    run(() -> listener.end(end));
  }

  private void run(Runnable event) {
    if (executor.inEventLoop()) {
      event.run();
    } else if (!executor.isShuttingDown()) {
      executor.execute(event);
    }
  }
}
