package io.pgrok.pgrokd.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.mux.MuxStream;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ByteStream.End;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams of a session's links that rest between two requests of HTTP, with their connections to
 * the private service: the next visitor of the tunnel takes one over. Thread-safe.
 */
final class IdleStreams {

  /** For each tunnel. */
  private static final int MAX = 64;

  /** Many services close a connection that is idle for longer; so do we. */
  private static final int SECONDS = 30;

  private static final Duration LIMIT = Duration.ofSeconds(SECONDS);

  private static final Logger LOG = LoggerFactory.getLogger(IdleStreams.class);

  private final Map<String, Deque<Idle>> byUrl = new HashMap<>();
  private boolean closed;
  private @Nullable Future<?> sweep;

  /**
   * Takes a stream that nobody uses; it is closed when there are enough.
   *
   * @param since when, as of {@link System#nanoTime()}
   */
  void keep(String url, MuxStream stream, long since) {
    if (stream.eventLoop().inEventLoop()) {
      rest(url, stream, since);
      return;
    }
    // Whoever takes it may be there, and its listener must not be followed by ours.
    try {
      stream.eventLoop().execute(() -> rest(url, stream, since));
    } catch (RejectedExecutionException e) {
      LOG.debug("a stream rests no more, its event loop has ended url={}", url);
    }
  }

  private void rest(String url, MuxStream stream, long since) {
    Idle idle = new Idle(url, stream, since);
    stream.listen(idle);
    stream.read();
    Idle surplus = null;
    synchronized (this) {
      if (closed || idle.ended) {
        surplus = idle;
      } else {
        Deque<Idle> others = byUrl.computeIfAbsent(url, _ -> new ArrayDeque<>());
        others.addFirst(idle);
        if (others.size() > MAX) {
          surplus = others.removeLast();
        }
        sweepLater(stream);
      }
    }
    if (surplus != null) {
      surplus.stream.close();
    }
  }

  /**
   * The stream that was used last, on this thread's event loop where there is one, now for this
   * visitor.
   *
   * @param rested at most
   * @param hereOnly whether none of another event loop is of use
   */
  @Nullable ByteStream take(StartProxy visitor, Duration rested, boolean hereOnly) {
    Idle idle = pick(visitor.url(), rested.toNanos(), hereOnly);
    if (idle == null) {
      return null;
    }
    idle.stream.visitor(visitor);
    return idle.stream;
  }

  private synchronized @Nullable Idle pick(String url, long rested, boolean hereOnly) {
    Deque<Idle> all = byUrl.get(url);
    if (all == null) {
      return null;
    }
    long now = System.nanoTime();
    Idle best = null;
    for (Idle idle : all) {
      if (now - idle.since > rested) {
        continue;
      }
      if (idle.stream.eventLoop().inEventLoop()) {
        best = idle;
        break;
      }
      best = best == null && !hereOnly ? idle : best;
    }
    if (best != null) {
      remove(best);
    }
    return best;
  }

  private synchronized boolean remove(Idle idle) {
    Deque<Idle> all = byUrl.get(idle.url);
    if (all == null || !all.remove(idle)) {
      return false;
    }
    if (all.isEmpty()) {
      byUrl.remove(idle.url);
    }
    return true;
  }

  private void sweepLater(MuxStream stream) {
    if (sweep == null) {
      sweep =
          stream.eventLoop().schedule(() -> sweep(stream), LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void sweep(MuxStream any) {
    Deque<Idle> old = new ArrayDeque<>();
    synchronized (this) {
      long now = System.nanoTime();
      for (Iterator<Deque<Idle>> each = byUrl.values().iterator(); each.hasNext(); ) {
        Deque<Idle> all = each.next();
        while (!all.isEmpty() && now - all.getLast().since > LIMIT.toNanos()) {
          old.add(all.removeLast());
        }
        if (all.isEmpty()) {
          each.remove();
        }
      }
      sweep = null;
      if (!byUrl.isEmpty()) {
        sweepLater(any);
      }
    }
    old.forEach(idle -> idle.stream.close());
  }

  /** Ends those of a tunnel that this session does not carry any more. */
  void close(String url) {
    Deque<Idle> all;
    synchronized (this) {
      all = byUrl.remove(url);
    }
    if (all != null) {
      all.forEach(idle -> idle.stream.close());
    }
  }

  /** Ends all, and keeps none from now on. */
  void close() {
    Deque<Idle> all = new ArrayDeque<>();
    synchronized (this) {
      closed = true;
      byUrl.values().forEach(all::addAll);
      byUrl.clear();
      if (sweep != null) {
        sweep.cancel(false);
      }
    }
    all.forEach(idle -> idle.stream.close());
  }

  /** Hears a resting stream: the service may end it, but has nothing to say. */
  private final class Idle implements ByteStream.Listener {
    private final String url;
    private final MuxStream stream;
    private final long since;
    private boolean ended;

    Idle(String url, MuxStream stream, long since) {
      this.url = url;
      this.stream = stream;
      this.since = since;
    }

    @Override
    public void bytes(ByteBuf bytes) {
      bytes.release();
      ends();
      stream.abort();
    }

    @Override
    public void readComplete() {}

    @Override
    public void writable() {}

    @Override
    public void end(End end) {
      if (ends()) {
        stream.close();
      }
    }

    /** Whether it was at rest until now. */
    private boolean ends() {
      synchronized (IdleStreams.this) {
        ended = true;
        return remove(this);
      }
    }
  }
}
