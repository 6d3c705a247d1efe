package io.pgrok.protocol.relay;

import io.netty.buffer.ByteBuf;
import io.pgrok.protocol.relay.ByteStream.End;

/** A {@link ByteStream.Listener} that is another one, for those who only look on. */
public abstract class ForwardingListener implements ByteStream.Listener {

  private final ByteStream.Listener listener;

  protected ForwardingListener(ByteStream.Listener listener) {
    this.listener = listener;
  }

  @Override
  public void bytes(ByteBuf bytes) {
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
