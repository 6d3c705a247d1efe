package io.pgrok.pgrokd.proxy;

import io.pgrok.pgrokd.tunnel.NoStreamException;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The proxy connections of one session. Each one that is taken is asked for anew, so that the pool
 * grows with the visitors, up to {@value #MAX_IDLE}. Thread-safe.
 */
public final class ProxyPool {

  /** Waiting connections at most; the reference's number. */
  static final int MAX_IDLE = 10;

  /** Visitors that may wait for a connection at once. */
  static final int MAX_WAITING = 1024;

  private final Runnable request;
  private final Duration stale;
  private final Deque<ProxyConnection> idle = new ArrayDeque<>();
  private final Deque<CompletableFuture<ProxyConnection>> waiting = new ArrayDeque<>();
  private final Set<ProxyConnection> inUse = new HashSet<>();
  private boolean closed;

  /**
   * @param request asks the agent for one more connection; called from any thread
   * @param stale how long a connection may wait for a visitor
   */
  public ProxyPool(Runnable request, Duration stale) {
    this.request = request;
    this.stale = stale;
  }

  /** A new connection: for the visitor that waits longest, or to wait itself. On its event loop. */
  public void offer(ProxyConnection connection) {
    if (!accept(connection)) {
      connection.close();
    }
  }

  private boolean accept(ProxyConnection connection) {
    connection.await(() -> drop(connection));
    CompletableFuture<ProxyConnection> waiter;
    while ((waiter = nextWaiter()) != null) {
      if (waiter.complete(connection)) {
        return true;
      }
    }
    connection.expire(stale, () -> expire(connection));
    synchronized (this) {
      if (closed || idle.size() >= MAX_IDLE || !connection.channel().isActive()) {
        return false;
      }
      idle.add(connection);
    }
    return true;
  }

  private synchronized @Nullable CompletableFuture<ProxyConnection> nextWaiter() {
    return closed ? null : waiting.poll();
  }

  private synchronized boolean drop(ProxyConnection connection) {
    return idle.remove(connection);
  }

  /** An expired connection is replaced when it was the last: the next visitor must not wait. */
  private void expire(ProxyConnection connection) {
    boolean wasLast;
    synchronized (this) {
      if (!idle.remove(connection)) {
        return;
      }
      wasLast = idle.isEmpty() && !closed;
    }
    connection.close();
    if (wasLast) {
      request.run();
    }
  }

  /**
   * Opens a stream over a waiting connection, or over the next one that the agent dials.
   *
   * @return completes on any thread; exceptionally with a {@link NoStreamException}
   */
  public CompletableFuture<ByteStream> open(StartProxy start, Duration patience) {
    CompletableFuture<ByteStream> result = new CompletableFuture<>();
    CompletableFuture<ProxyConnection> taken = take(patience);
    taken.whenComplete((connection, failure) -> {
      if (failure instanceof NoStreamException) {
        result.completeExceptionally(failure);
      } else if (failure != null) {
        result.completeExceptionally(new NoStreamException(NoStreamException.Reason.TIMEOUT));
      } else {
        use(connection);
        request.run();
        ByteStream stream = connection.start(start);
        if (!result.complete(stream)) {
          stream.close(); // the visitor left at this very moment
        }
      }
    });
    result.whenComplete((_, failure) -> {
      if (failure instanceof CancellationException) {
        taken.cancel(false); // the next connection is somebody else's
      }
    });
    return result;
  }

  private CompletableFuture<ProxyConnection> take(Duration patience) {
    CompletableFuture<ProxyConnection> future = new CompletableFuture<>();
    synchronized (this) {
      ProxyConnection connection = idle.poll();
      if (connection != null) {
        return CompletableFuture.completedFuture(connection);
      }
      if (closed) {
        return CompletableFuture.failedFuture(new NoStreamException(NoStreamException.Reason.GONE));
      }
      if (waiting.size() >= MAX_WAITING) {
        waiting.removeIf(CompletableFuture::isDone);
      }
      if (waiting.size() >= MAX_WAITING) {
        return CompletableFuture.failedFuture(new NoStreamException(NoStreamException.Reason.BUSY));
      }
      waiting.add(future);
    }
    request.run();
    return future.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void use(ProxyConnection connection) {
    synchronized (this) {
      inUse.add(connection);
    }
    connection
        .channel()
        .closeFuture()
        .addListener(_ -> {
          synchronized (this) {
            inUse.remove(connection);
          }
        });
  }

  /** Ends what waits; streams in use live on. */
  public void close() {
    List<ProxyConnection> connections;
    List<CompletableFuture<ProxyConnection>> visitors;
    synchronized (this) {
      closed = true;
      connections = new ArrayList<>(idle);
      idle.clear();
      visitors = new ArrayList<>(waiting);
      waiting.clear();
    }
    connections.forEach(ProxyConnection::close);
    visitors.forEach(visitor ->
        visitor.completeExceptionally(new NoStreamException(NoStreamException.Reason.GONE)));
  }

  /** Ends everything at once: the agent is gone without a word. */
  public void abort() {
    close();
    List<ProxyConnection> streams;
    synchronized (this) {
      streams = new ArrayList<>(inUse);
    }
    streams.forEach(ProxyConnection::abort);
  }
}
