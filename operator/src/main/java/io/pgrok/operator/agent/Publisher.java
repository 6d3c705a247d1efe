package io.pgrok.operator.agent;

import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.report.AgentPods;
import io.pgrok.operator.sidecar.Sidecars;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries the table's changes to those concerned. Thread-safe. */
@Startup
@ApplicationScoped
public class Publisher {

  private static final Logger log = LoggerFactory.getLogger(Publisher.class);

  /** Writes at a time, so that a thousand sidecars do not flood the API server. */
  private static final int AT_ONCE = 8;

  /** How soon a table is noticed to be complete into which nothing had to be put. */
  private static final Duration GLANCE = Duration.ofMillis(200);

  private final RouteTable table;
  private final DeployedAgents deployed;
  private final Sidecars sidecars;
  private final AgentPods pods;
  private final Semaphore permits = new Semaphore(AT_ONCE);
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final Coalescer<Carrier> queue;
  private final Map<Carrier, Instant> renewals = new ConcurrentHashMap<>();
  private final Clock clock;

  Publisher(
      RouteTable table,
      DeployedAgents deployed,
      Sidecars sidecars,
      AgentPods pods,
      OperatorConfig config,
      Clock clock) {
    this.table = table;
    this.clock = clock;
    this.pods = pods;
    this.deployed = deployed;
    this.sidecars = sidecars;
    this.queue = new Coalescer<>(this::publish, config.agent().writeInterval(), workers, timer);
  }

  @PostConstruct
  void listen() {
    table.listen(queue::ask, this::askThoseWithRemains);
    pods.onNewPod(this::ask);
    lookWhetherComplete();
  }

  /** Their last Tunnel may have gone while no operator was there. */
  private void askThoseWithRemains() {
    sidecars.applied().forEach(queue::ask);
    deployed.known().forEach(queue::ask);
  }

  /**
   * Where every Tunnel and server went while no operator was there, nothing is reconciled, and
   * nobody else would notice that what they left has to go.
   */
  private void lookWhetherComplete() {
    table.checkComplete();
    if (!table.complete()) {
      var unused =
          timer.schedule(this::lookWhetherComplete, GLANCE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @PreDestroy
  void stop() {
    timer.shutdownNow();
    workers.shutdownNow();
  }

  /** Asks to look at a carrier again, because something else than its routes changed. */
  public void ask(Carrier carrier) {
    if (!table.complete()) {
      return;
    }
    if (carrier instanceof Carrier.Sidecar sidecar && !sidecars.concernedWith(sidecar)) {
      return;
    }
    queue.ask(carrier);
  }

  /** Writes a carrier's Secret again, which somebody changed or deleted. */
  public void restore(Carrier carrier, String secret) {
    if (carrier instanceof Carrier.Sidecar sidecar) {
      sidecars.lostSecret(sidecar);
    } else {
      deployed.lost(carrier, secret);
    }
    log.info("changed by somebody else, written again secret={} carrier={}", secret, carrier);
    ask(carrier);
  }

  private void publish(Carrier carrier) throws InterruptedException {
    permits.acquire();
    try {
      renewAt(
          carrier,
          switch (carrier) {
            case Carrier.Shared shared -> deployed.publish(shared);
            case Carrier.Named named -> deployed.publish(named);
            case Carrier.Sidecar sidecar -> sidecars.publish(sidecar);
          });
    } finally {
      permits.release();
    }
  }

  /** At most one timer per carrier and renewal, however often it is published meanwhile. */
  private void renewAt(Carrier carrier, Instant when) {
    if (when.equals(Instant.MAX) || when.equals(renewals.put(carrier, when))) {
      return;
    }
    var unused =
        timer.schedule(
            () -> {
              renewals.remove(carrier, when);
              ask(carrier);
            },
            Duration.between(clock.instant(), when).plusSeconds(1).toMillis(),
            TimeUnit.MILLISECONDS);
  }
}
