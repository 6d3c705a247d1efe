package io.pgrok.protocol.relay;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.pgrok.protocol.relay.ByteStream.End;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Joins two streams: what one receives the other sends. When one side has finished, the other is
 * told so and may still answer, where both can end one direction alone; otherwise the rest is
 * delivered and both are closed. When one breaks before it has finished, the other is aborted, so
 * that nobody takes half a message for a whole one.
 */
public final class Relay {

  /** How long one side may say nothing once the other has finished. */
  private static final int HALF_CLOSED_IDLE_SECONDS = 60;

  private Relay() {}

  /** Starts to copy in both directions and takes both streams over. Any thread. */
  public static void join(ByteStream a, ByteStream b) {
    Sides sides = sides(a, b);
    a.listen(sides.ofA());
    b.listen(sides.ofB());
    a.read();
    b.read();
  }

  /** The listeners of two joined streams. */
  public record Sides(ByteStream.Listener ofA, ByteStream.Listener ofB) {}

  /** What {@link #join} makes listen, for streams that somebody else listens to and passes on. */
  public static Sides sides(ByteStream a, ByteStream b) {
    Side ofA = new Side(a, b);
    Side ofB = new Side(b, a);
    ofA.opposite = ofB;
    ofB.opposite = ofA;
    return new Sides(ofA, ofB);
  }

  private static final class Side implements ByteStream.Listener {

    private final ByteStream from;
    private final ByteStream to;
    private Side opposite = this;
    private int deliveries;

    /** Read by the opposite side, which may be on another event loop. */
    private volatile boolean finished;

    /** Runs while this side alone may still send. Set and cancelled by either side. */
    private volatile @Nullable Future<?> watch;

    Side(ByteStream from, ByteStream to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public void bytes(ByteBuf bytes) {
      to.write(bytes);
    }

    @Override
    public void readComplete() {
      deliveries++;
      to.flush();
      if (to.isWritable()) {
        from.read();
      }
    }

    /** This side takes bytes again: the other side's reads go on. */
    @Override
    public void writable() {
      to.read();
    }

    @Override
    public void end(End end) {
      boolean whole = finished;
      finished = true;
      unwatch();
      if (end == End.BROKEN && whole) {
        // Lost after it had said all: that still goes to the other side.
        opposite.unwatch();
        to.close();
        from.abort();
      } else if (end == End.BROKEN) {
        to.abort();
        from.abort();
      } else if (!opposite.finished && to.canFinish() && from.canFinish()) {
        to.finish();
        opposite.watch(-1);
      } else {
        to.close();
        from.close();
      }
    }

    /** Cuts both off when this side, the only one that may still send, does not. */
    private void watch(int before) {
      watch =
          from.executor()
              .schedule(
                  () -> {
                    if (!finished && deliveries == before) {
                      to.abort();
                      from.abort();
                    } else if (!finished) {
                      watch(deliveries);
                    }
                  },
                  HALF_CLOSED_IDLE_SECONDS,
                  TimeUnit.SECONDS);
      if (finished) {
        unwatch(); // at this very moment, on the other event loop
      }
    }

    private void unwatch() {
      Future<?> running = watch;
      if (running != null) {
        running.cancel(false);
      }
    }
  }
}
