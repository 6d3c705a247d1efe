package io.pgrok.protocol.relay;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;

/** A {@link ByteStream} that is another one, for those who only look on. */
public abstract class ForwardingStream implements ByteStream {

  private final ByteStream stream;

  protected ForwardingStream(ByteStream stream) {
    this.stream = stream;
  }

  @Override
  public EventExecutor executor() {
    return stream.executor();
  }

  @Override
  public void listen(Listener listener) {
    stream.listen(listener);
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
    stream.close();
  }

  @Override
  public void abort() {
    stream.abort();
  }
}
