package io.pgrok.agent.proxy;

import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ForwardingListener;
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
    super.listen(new Noting(listener));
  }

  private final class Noting extends ForwardingListener {

    Noting(Listener listener) {
      super(listener);
    }

    @Override
    public void readComplete() {
      lastVisit.visited(System.currentTimeMillis());
      super.readComplete();
    }
  }
}
