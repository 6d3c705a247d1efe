package io.pgrok.pgrokd.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.mux.MuxLink;
import io.pgrok.protocol.mux.MuxStream;
import io.pgrok.protocol.relay.ByteStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The links of one session. A visitor's stream goes over a link of its own event loop where there
 * is one, so that its bytes change threads nowhere. Thread-safe.
 */
public final class Links {

  /** Links of one session at most. */
  static final int MAX = 16;

  private final List<EventLoop> places = new ArrayList<>();
  private final List<MuxLink> links = new CopyOnWriteArrayList<>();
  private final IdleStreams idle = new IdleStreams();
  private boolean closed;

  /**
   * Where a link that the agent dialled is best: on the event loop that has the fewest links of the
   * session, and on its own among several. Else two may share a loop, and half of the visitors are
   * on the other.
   */
  public EventLoop place(Channel link) {
    EventLoop best = link.eventLoop();
    synchronized (this) {
      for (EventExecutor each : link.eventLoop().parent()) {
        if (each instanceof EventLoop other
            && Collections.frequency(places, other) < Collections.frequency(places, best)) {
          best = other;
        }
      }
      places.add(best);
    }
    EventLoop taken = best;
    link.closeFuture()
        .addListener(_ -> {
          synchronized (this) {
            places.remove(taken);
          }
        });
    return best;
  }

  /** A link that the agent dialled; it is closed when the session has ended or has enough. */
  public void offer(MuxLink link) {
    link.channel().closeFuture().addListener(_ -> links.remove(link));
    synchronized (this) {
      if (!closed && links.size() < MAX && link.channel().isActive()) {
        links.add(link);
        return;
      }
    }
    link.close();
  }

  /**
   * Opens a stream without a word from the agent.
   *
   * @param classic opens it over a proxy connection, for when no link is up
   */
  public CompletableFuture<ByteStream> open(
      StartProxy start, Supplier<CompletableFuture<ByteStream>> classic) {
    MuxLink link = choose();
    if (link == null) {
      return classic.get();
    }
    if (isHere(link)) {
      return CompletableFuture.completedFuture(link.open(start));
    }
    CompletableFuture<ByteStream> result = new CompletableFuture<>();
    loopOf(link)
        .execute(() -> {
          ByteStream stream = result.isDone() ? null : opened(link, start);
          if (stream != null) {
            handOver(stream, result);
          } else if (!result.isDone()) {
            follow(classic.get(), result);
          }
        });
    return result;
  }

  /** Whoever waited may have left meanwhile, and would never close it. */
  private static void handOver(ByteStream stream, CompletableFuture<ByteStream> result) {
    if (!result.complete(stream)) {
      stream.abort();
    }
  }

  private static void follow(
      CompletableFuture<ByteStream> source, CompletableFuture<ByteStream> result) {
    source.whenComplete((stream, failure) -> {
      if (failure == null) {
        handOver(stream, result);
      } else {
        result.completeExceptionally(failure);
      }
    });
    result.whenComplete((_, failure) -> {
      if (failure instanceof CancellationException) {
        source.cancel(false);
      }
    });
  }

  /** Null when the link was lost on the way to its event loop. */
  private static @Nullable ByteStream opened(MuxLink link, StartProxy start) {
    return link.isOpen() ? link.open(start) : null;
  }

  /** The event loop, or nobody's thread once that is shut down: the link is not open then. */
  private static java.util.concurrent.Executor loopOf(MuxLink link) {
    return task -> {
      try {
        link.eventLoop().execute(task);
      } catch (RejectedExecutionException e) {
        task.run();
      }
    };
  }

  /**
   * A stream of the same tunnel that rests, now for this visitor. Where there is a link on this
   * event loop, one of others is not taken: its bytes would change threads as long as the visitor
   * keeps it, and a new one costs a dial once.
   *
   * @param rested for how long at most
   * @return null when there is none
   */
  public @Nullable ByteStream reuse(StartProxy visitor, Duration rested) {
    return idle.take(visitor, rested, isHere(choose()));
  }

  private static boolean isHere(@Nullable MuxLink link) {
    return link != null && link.eventLoop().inEventLoop();
  }

  /**
   * Keeps a stream that rests between two requests for the tunnel's next visitor.
   *
   * @param rested for how long it has
   */
  public void keep(String url, ByteStream stream, Duration rested) {
    if (stream instanceof MuxStream resting) {
      idle.keep(url, resting, System.nanoTime() - rested.toNanos());
    } else {
      stream.close(); // a proxy connection is for one visitor
    }
  }

  /** The session does not carry this tunnel any more. */
  public void forget(String url) {
    idle.close(url);
  }

  private @Nullable MuxLink choose() {
    MuxLink best = null;
    for (MuxLink link : links) {
      if (link.isOpen()) {
        if (link.eventLoop().inEventLoop()) {
          return link;
        }
        if (best == null || link.size() < best.size()) {
          best = link;
        }
      }
    }
    return best;
  }

  /** No more streams; the links end with the last of those that there are. */
  public void close() {
    synchronized (this) {
      closed = true;
    }
    idle.close();
    links.forEach(MuxLink::retire);
  }

  /** Ends everything at once. */
  public void abort() {
    close();
    links.forEach(MuxLink::close);
  }
}
