package io.pgrok.agent.proxy;

import io.netty.buffer.ByteBuf;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ForwardingStream;

/** A visitor's stream, which notes when something came of it. */
final class Visited extends ForwardingStream {

  private final LastVisit lastVisit;

  Visited(ByteStream stream, LastVisit lastVisit) {
    super(stream);
    this.lastVisit = lastVisit;
    lastVisit.visited(System.currentTimeMillis());
  }

  @Override
  public void listen(Listener listener) {
    super.listen(new Noting(listener, lastVisit));
  }

  private record Noting(Listener listener, LastVisit lastVisit) implements Listener {
    @Override
    public void bytes(ByteBuf bytes) {
      listener.bytes(bytes);
    }

    @Override
    public void readComplete() {
      lastVisit.visited(System.currentTimeMillis());
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
