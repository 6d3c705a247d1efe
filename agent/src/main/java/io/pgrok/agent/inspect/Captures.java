package io.pgrok.agent.inspect;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The newest captured exchanges, within {@link Limits}. Thread-safe. */
public final class Captures {

  private final Limits limits;
  private final Blocks memory;
  private final Deque<Capture> kept = new ArrayDeque<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Latencies latencies = new Latencies();
  private long nextId = 1;
  private long version;
  private long clearedAt;
  private long bytes;
  private boolean paused;

  public Captures(Limits limits) {
    this.limits = limits;
    this.memory = new Blocks(limits.totalBytes());
  }

  int bodyLimit() {
    return limits.bodyBytes();
  }

  /** A request begins. While paused it is followed, but not kept. */
  Capture begin(Origin origin, @Nullable Long replayOf, WireHead request) {
    Capture capture;
    synchronized (this) {
      capture = new Capture(nextId++, origin, replayOf, request, memory);
      if (paused && replayOf == null) {
        capture.forget();
        return capture;
      }
      kept.addLast(capture);
      if (kept.size() > limits.exchanges()) {
        bytes -= kept.removeFirst().forget();
      }
    }
    changed(capture);
    return capture;
  }

  /** Something new is known of it. */
  void changed(Capture capture) {
    synchronized (this) {
      capture.version(++version);
    }
    listeners.forEach(Runnable::run);
  }

  /** So many more bytes are held: the oldest may have to go. */
  void grew(int by) {
    if (by > 0) {
      makeRoom(by);
    }
  }

  private synchronized void makeRoom(int by) {
    bytes += by;
    while (bytes > limits.totalBytes() && kept.size() > 1) {
      bytes -= kept.removeFirst().forget();
    }
  }

  void completed(double millis) {
    latencies.add(millis);
  }

  public Latencies latencies() {
    return latencies;
  }

  /** Oldest first. */
  public synchronized List<Capture> all() {
    return List.copyOf(kept);
  }

  public synchronized @Nullable Capture find(long id) {
    return kept.stream().filter(capture -> capture.id() == id).findFirst().orElse(null);
  }

  /** Forgets all of them; those that are running are not followed any further. */
  public void clear() {
    synchronized (this) {
      kept.forEach(Capture::forget);
      kept.clear();
      bytes = 0;
      clearedAt = ++version;
    }
    listeners.forEach(Runnable::run);
  }

  /** Whether new requests are not kept. */
  public void pause(boolean pause) {
    synchronized (this) {
      paused = pause;
      version++;
    }
    listeners.forEach(Runnable::run);
  }

  public synchronized boolean isPaused() {
    return paused;
  }

  /**
   * What happened since a version.
   *
   * @param cleared whether everything from before is gone
   * @param oldestId of what is kept; what is older is gone
   * @param changed new or changed, oldest first
   */
  public record News(
      long version, boolean cleared, boolean paused, long oldestId, List<Capture> changed) {}

  /**
   * @param since 0 for everything
   */
  public synchronized News since(long since) {
    List<Capture> changed = new ArrayList<>();
    for (Capture capture : kept) {
      if (capture.version() > since) {
        changed.add(capture);
      }
    }
    return new News(
        version,
        since == 0 || clearedAt > since,
        paused,
        kept.isEmpty() ? nextId : kept.getFirst().id(),
        changed);
  }

  /** Calls after each change, on the thread that made it; must be quick. Run the result to end. */
  public Runnable onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
