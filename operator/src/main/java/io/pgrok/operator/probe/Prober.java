package io.pgrok.operator.probe;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.report.Triggers;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the public URLs of registered Tunnels: soon after they are registered, and again and again
 * after that. Thread-safe; no call of it waits.
 */
@ApplicationScoped
public class Prober {

  private static final Logger log = LoggerFactory.getLogger(Prober.class);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);

  /** From one status that is written for a latency alone to the next, of all Tunnels together. */
  private static final Duration CORRECTION = Duration.ofSeconds(10);

  private record Watched(URI url, @Nullable String authority) {}

  private final OperatorConfig.Probe config;
  private final Triggers triggers;
  private final ProbeClient client;
  private final Semaphore permits;
  private final Map<ResourceID, Watched> watched = new HashMap<>();
  private final Map<ResourceID, Reachability> told = new HashMap<>();
  private final Corrections corrections = new Corrections(CORRECTION);
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("probe-timer").factory());
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  /** When the next probe may begin, in {@link System#nanoTime}. */
  private long nextSlot = System.nanoTime();

  Prober(OperatorConfig config, Triggers triggers) {
    this.config = config.probe();
    this.triggers = triggers;
    this.client = new ProbeClient(this.config.timeout());
    this.permits = new Semaphore(this.config.atOnce());
  }

  /**
   * Begins to probe a Tunnel, or goes on.
   *
   * @param authority PEM of the server's authority; null when it is publicly trusted
   */
  public synchronized void watch(ResourceID tunnel, URI url, @Nullable String authority) {
    if (!config.enabled()) {
      return;
    }
    var wanted = new Watched(url, authority);
    if (!wanted.equals(watched.put(tunnel, wanted))) {
      told.remove(tunnel);
      queue(tunnel, wanted, FIRST_RETRY);
    }
  }

  /** The Tunnel is not registered any more. */
  public synchronized void forget(ResourceID tunnel) {
    watched.remove(tunnel);
    told.remove(tunnel);
  }

  /** What was found last; empty when nothing is known yet. */
  public synchronized Optional<Reachability> result(ResourceID tunnel) {
    return Optional.ofNullable(told.get(tunnel));
  }

  @PreDestroy
  void stop() {
    timer.shutdownNow();
    workers.shutdownNow();
  }

  /** Queues a probe for the next free slot. */
  private synchronized void queue(ResourceID tunnel, Watched wanted, Duration retry) {
    long now = System.nanoTime();
    nextSlot = nextSlot - now > 0 ? nextSlot : now;
    later(
        nextSlot - now, wanted, tunnel, () -> workers.execute(() -> probe(tunnel, wanted, retry)));
    nextSlot += TimeUnit.SECONDS.toNanos(1) / config.perSecond();
  }

  private void later(long nanos, Watched wanted, ResourceID tunnel, Runnable then) {
    if (isWanted(tunnel, wanted) && !timer.isShutdown()) {
      var unused = timer.schedule(then, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private synchronized boolean isWanted(ResourceID tunnel, Watched wanted) {
    return wanted.equals(watched.get(tunnel));
  }

  private void probe(ResourceID tunnel, Watched wanted, Duration retry) {
    if (!isWanted(tunnel, wanted)) {
      return;
    }
    try {
      permits.acquire();
      Reachability found;
      try {
        found = client.ask(wanted.url(), wanted.authority());
      } finally {
        permits.release();
      }
      conclude(tunnel, wanted, found);
      boolean failed = found instanceof Reachability.Failed;
      var pause = failed && retry.compareTo(config.interval()) < 0 ? retry : config.interval();
      var nextRetry = failed ? retry.multipliedBy(2) : FIRST_RETRY;
      later(jittered(pause).toNanos(), wanted, tunnel, () -> queue(tunnel, wanted, nextRetry));
    } catch (InterruptedException e) {
      // Stopped.
    }
  }

  private void conclude(ResourceID tunnel, Watched wanted, Reachability found) {
    synchronized (this) {
      var before = told.get(tunnel);
      if (!isWanted(tunnel, wanted) || !isTold(found, before)) {
        return;
      }
      told.put(tunnel, found);
    }
    log.info("probed tunnel={} url={} result={}", tunnel, wanted.url(), found);
    triggers.tunnel(tunnel);
  }

  private boolean isTold(Reachability found, @Nullable Reachability before) {
    return before == null
        || (found.isNewsAfter(before)
            && (!found.differsInLatencyOnly(before) || corrections.mayBegin(System.nanoTime())));
  }

  private static Duration jittered(Duration pause) {
    long millis = pause.toMillis();
    return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis / 10 + 1));
  }
}
