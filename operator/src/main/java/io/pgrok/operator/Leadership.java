package io.pgrok.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this operator is the one that works. Others watch the cluster, so that their caches are
 * warm, and wait for the lease. One that loses it exits, since a reconciliation that is under way
 * cannot be taken back. Thread-safe.
 */
@Singleton
public final class Leadership {

  private static final Logger log = LoggerFactory.getLogger(Leadership.class);

  private final List<Runnable> waiting = new ArrayList<>();
  private boolean held;
  private String leader = "";

  public synchronized boolean isHeld() {
    return held;
  }

  /** Runs it when this operator begins to lead, at once when it does. It must be quick. */
  public void whenHeld(Runnable work) {
    synchronized (this) {
      if (!held) {
        waiting.add(work);
        return;
      }
    }
    work.run();
  }

  private void begin() {
    List<Runnable> begun;
    synchronized (this) {
      held = true;
      begun = List.copyOf(waiting);
      waiting.clear();
    }
    log.info("leading");
    begun.forEach(Runnable::run);
  }

  /**
   * Lets go of its lease, after the framework has stopped: whoever is next need not wait until it
   * has run out. The lease itself stays; it is the chart's, and goes with it.
   */
  void end(
      @Observes @Priority(Integer.MAX_VALUE) ShutdownEvent event,
      OperatorConfig config,
      KubernetesClient client) {
    if (!isHeld()) {
      return;
    }
    // The framework has closed the client that all use.
    try (var own = new KubernetesClientBuilder().withConfig(client.getConfiguration()).build()) {
      var leases = own.leases().inNamespace(config.namespace());
      var lease = leases.withName(config.lease().name()).get();
      if (lease != null && isOurs(lease)) {
        lease.getSpec().setHolderIdentity("");
        leases.resource(lease).lockResourceVersion().update();
        log.info("lease given back");
      }
    } catch (KubernetesClientException e) {
      log.info("the lease will run out error={}", e.getMessage());
    }
  }

  /** And not that of another who took it in between. */
  private synchronized boolean isOurs(Lease lease) {
    return lease.getSpec() != null && leader.equals(lease.getSpec().getHolderIdentity());
  }

  private synchronized void follow(String newLeader) {
    leader = newLeader;
    log.info("leader={}", newLeader);
  }

  /** The chart's Lease has no times yet, without which the election does not begin. */
  private static void makeReadable(KubernetesClient client, OperatorConfig config) {
    var leases = client.leases().inNamespace(config.namespace());
    var lease = leases.withName(config.lease().name()).get();
    if (lease == null || lease.getSpec() == null || lease.getSpec().getRenewTime() != null) {
      return;
    }
    var longAgo = Instant.EPOCH.atZone(ZoneOffset.UTC);
    lease.getSpec().setAcquireTime(longAgo);
    lease.getSpec().setRenewTime(longAgo);
    try {
      leases.resource(lease).lockResourceVersion().update();
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409) {
        throw e;
      }
    }
  }

  /** The framework looks for this bean. */
  @Produces
  @Singleton
  LeaderElectionConfiguration election(OperatorConfig config, KubernetesClient client) {
    makeReadable(client, config);
    var lease = config.lease();
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(lease.name())
        .withLeaseNamespace(config.namespace())
        .withLeaseDuration(lease.duration())
        .withRenewDeadline(lease.renewDeadline())
        .withRetryPeriod(lease.retryPeriod())
        .withLeaderCallbacks(
            new LeaderCallbacks(
                this::begin, () -> log.warn("the lease is lost, exiting"), this::follow))
        .build();
  }
}
