package io.pgrok.agent.inspect;

import io.netty.buffer.ByteBuf;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ForwardingListener;
import io.pgrok.protocol.relay.ForwardingStream;

/** A visitor's stream with somebody looking on. What happens on it does not change. */
public final class Tap extends ForwardingStream {

  private final ConnectionRecorder recorder;

  private Tap(ByteStream stream, ConnectionRecorder recorder) {
    super(stream);
    this.recorder = recorder;
  }

  /** The stream to use instead of the visitor's. */
  static Tap on(ByteStream visitor, ConnectionRecorder recorder) {
    return new Tap(visitor, recorder);
  }

  /**
   * Whether the requests of another visitor may follow, and are told from those before.
   *
   * @param client {@code ip:port} of that visitor
   */
  public boolean goesOnFor(String client) {
    return recorder.goesOnFor(client);
  }

  @Override
  public void listen(Listener listener) {
    super.listen(new Looking(listener));
  }

  @Override
  public void write(ByteBuf bytes) {
    recorder.toVisitor(bytes);
    super.write(bytes);
  }

  @Override
  public void finish() {
    recorder.serviceFinished();
    super.finish();
  }

  @Override
  public void close() {
    recorder.serviceFinished();
    super.close();
  }

  @Override
  public void abort() {
    recorder.broken();
    super.abort();
  }

  private final class Looking extends ForwardingListener {

    Looking(Listener listener) {
      super(listener);
    }

    @Override
    public void bytes(ByteBuf bytes) {
      recorder.fromVisitor(bytes);
      super.bytes(bytes);
    }

    @Override
    public void end(End end) {
      if (end == End.BROKEN) {
        recorder.broken();
      }
      super.end(end);
    }
  }
}
