package io.pgrok.pgrokd.tunnel;

import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks a member of a tunnel for a visitor and opens a stream over it; when that gives none in time
 * the next is asked as well.
 *
 * @param patience for each member
 * @param memberPatience until another is asked, too
 * @param quiet a member not heard of for longer is asked after the others
 * @param observer is told how each attempt went
 */
public record StreamOpening(
    Duration patience, Duration memberPatience, Duration quiet, Observer observer) {

  /** Hears how long visitors wait for streams. Any thread. */
  @FunctionalInterface
  public interface Observer {
    /**
     * @param failure null when there is a stream
     */
    void attempted(long nanos, @Nullable Throwable failure);
  }

  /** Tells nobody. */
  public StreamOpening(Duration patience, Duration memberPatience, Duration quiet) {
    this(patience, memberPatience, quiet, (nanos, failure) -> {});
  }

  /**
   * A stream, and who opened it.
   *
   * @param stream must be closed by whoever gets it
   */
  public record Opened(Carrier carrier, ByteStream stream) {}

  /**
   * Whom to ask for a visitor, in this order: drawn once for each, or a member that has streams at
   * rest would be drawn again where the first has none.
   *
   * @param except members not to ask
   */
  public List<Carrier> order(Tunnel tunnel, Set<Carrier> except) {
    List<Carrier> carriers = order(tunnel, RandomGenerator.getDefault());
    carriers.removeAll(except);
    return carriers;
  }

  /**
   * @param order as drawn for this visitor
   * @param visitor {@code ip:port}
   * @return completes on any thread; exceptionally with a {@link NoStreamException}. Whoever waits
   *     no more cancels it, so that nobody else waits behind
   */
  public CompletableFuture<Opened> open(Tunnel tunnel, List<Carrier> order, String visitor) {
    return open(new StartProxy(tunnel.url(), visitor), new ArrayDeque<>(order));
  }

  /**
   * Opens a stream to an agent of a tunnel, which answers the request on it by itself.
   *
   * @param visitor {@code ip:port}
   */
  public CompletableFuture<Opened> probe(Tunnel tunnel, String visitor) {
    Deque<Carrier> candidates = new ArrayDeque<>(order(tunnel, RandomGenerator.getDefault()));
    candidates.removeIf(carrier -> !carrier.answersProbes());
    return open(new StartProxy(tunnel.url(), visitor, true), candidates);
  }

  private CompletableFuture<Opened> open(StartProxy start, Deque<Carrier> candidates) {
    CompletableFuture<Opened> result = new CompletableFuture<>();
    long began = System.nanoTime();
    result.whenComplete(
        (opened, failure) -> observer.attempted(System.nanoTime() - began, failure));
    new Asking(start, candidates, result)
        .next(new NoStreamException(NoStreamException.Reason.GONE));
    return result;
  }

  /**
   * A stream that another visitor of the tunnel has left at rest, of the member that is first in
   * the order.
   *
   * @param order as drawn for this visitor
   * @param visitor {@code ip:port}
   * @param rested for how long at most
   * @return null when there is none
   */
  public @Nullable Opened reuse(
      Tunnel tunnel, List<Carrier> order, String visitor, Duration rested) {
    if (order.isEmpty() || order.getFirst().silence().compareTo(quiet) > 0) {
      return null;
    }
    Carrier drawn = order.getFirst();
    ByteStream stream = drawn.reuse(tunnel.url(), visitor, rested);
    return stream == null ? null : new Opened(drawn, stream);
  }

  /** One visitor's members: asked one after the other, and whoever is first serves. */
  private final class Asking {

    private final StartProxy start;
    private final Deque<Carrier> candidates;
    private final CompletableFuture<Opened> result;
    private int open;

    Asking(StartProxy start, Deque<Carrier> candidates, CompletableFuture<Opened> result) {
      this.start = start;
      this.candidates = candidates;
      this.result = result;
    }

    /**
     * @param soFar why those before gave none
     */
    void next(Throwable soFar) {
      Carrier carrier;
      boolean another;
      boolean failed;
      synchronized (this) {
        carrier = result.isDone() ? null : candidates.poll();
        open += carrier == null ? 0 : 1;
        another = !candidates.isEmpty();
        failed = open == 0;
      }
      if (carrier != null) {
        ask(carrier, another);
      } else if (failed) {
        result.completeExceptionally(soFar);
      }
    }

    private void ask(Carrier carrier, boolean another) {
      CompletableFuture<ByteStream> asked = carrier.open(start, patience);
      asked.whenComplete((stream, failure) -> {
        if (failure == null) {
          if (!result.complete(new Opened(carrier, stream))) {
            stream.close(); // nobody waits any more
          }
        } else {
          synchronized (this) {
            open--;
          }
          next(unwrapped(failure));
        }
      });
      if (another) {
        // Slow is not gone: it may still be the first, and the next one may give none at all.
        asked
            .copy()
            .orTimeout(memberPatience.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(failure -> {
              if (failure instanceof TimeoutException) {
                next(failure);
              }
              return null;
            });
      }
      result.whenComplete((_, _) -> asked.cancel(false));
    }
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** Living members in random order, those that have gone quiet last. */
  List<Carrier> order(Tunnel tunnel, RandomGenerator random) {
    List<Carrier> carriers = new ArrayList<>();
    for (Tunnel.Member member : tunnel.members()) {
      if (member.carrier().isAlive()) {
        carriers.add(member.carrier());
      }
    }
    if (carriers.size() > 1) {
      Collections.shuffle(carriers, java.util.Random.from(random));
      carriers.sort(Comparator.comparing(carrier -> carrier.silence().compareTo(quiet) > 0));
    }
    return carriers;
  }
}
