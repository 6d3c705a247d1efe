package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.pgrok.pgrokd.tunnel.Carrier;
import io.pgrok.pgrokd.tunnel.StreamOpening;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ByteStream.End;
import io.pgrok.protocol.relay.Confined;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream to a private service as one visitor's connection uses it: by one exchange after the
 * other. Between them the service has nothing to say; if it does, the stream is given up. Confined
 * to the visitor's event loop.
 */
final class Upstream implements ByteStream.Listener {

  private final Tunnel tunnel;
  private final Carrier carrier;
  private final ByteStream stream;
  private ByteStream.@Nullable Listener user;
  private boolean ended;
  private boolean personal;
  private long idleSince;

  private Upstream(Tunnel tunnel, StreamOpening.Opened opened) {
    this.tunnel = tunnel;
    this.carrier = opened.carrier();
    this.stream = opened.stream();
  }

  /** Takes the stream over. */
  static Upstream over(Tunnel tunnel, StreamOpening.Opened opened, EventExecutor visitorLoop) {
    Upstream upstream = new Upstream(tunnel, opened);
    upstream.stream.listen(new Confined(visitorLoop, upstream));
    return upstream;
  }

  /** Whose stream it is. */
  Carrier carrier() {
    return carrier;
  }

  ByteStream stream() {
    return stream;
  }

  boolean isOpen() {
    return !ended;
  }

  /** Whether a request for this tunnel can go over it now. */
  boolean serves(Tunnel other) {
    return tunnel == other
        && !ended
        && tunnel.members().stream().anyMatch(member -> member.carrier() == carrier);
  }

  Duration idle() {
    return Duration.ofNanos(System.nanoTime() - idleSince);
  }

  /** From now on this one hears what the service says. */
  void use(ByteStream.Listener next) {
    user = next;
  }

  /** The service may know the visitor by the connection from now on: nobody else gets it. */
  void personal() {
    personal = true;
  }

  /** The visitor does not need it any more: it is for the tunnel's next one. */
  void giveBack() {
    if (ended || personal) {
      stream.close();
    } else {
      ended = true;
      carrier.keep(tunnel.url(), stream, idle());
    }
  }

  /** Nobody uses it for the moment. */
  void rest() {
    user = null;
    idleSince = System.nanoTime();
  }

  @Override
  public void bytes(ByteBuf bytes) {
    if (user != null) {
      user.bytes(bytes);
    } else {
      bytes.release();
      ended = true;
      stream.abort();
    }
  }

  @Override
  public void readComplete() {
    if (user != null) {
      user.readComplete();
    } else {
      stream.read();
    }
  }

  @Override
  public void writable() {
    if (user != null) {
      user.writable();
    }
  }

  @Override
  public void end(End end) {
    ended = true;
    if (user != null) {
      user.end(end);
    } else {
      stream.close();
    }
  }
}
