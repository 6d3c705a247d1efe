package io.pgrok.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many Tunnels stand where: metric {@code pgrok_tunnels} by Ready's reason. Thread-safe. */
@ApplicationScoped
public class Census {

  private final Map<ResourceID, String> reasons = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();

  Census(MeterRegistry metrics) {
    for (var reason : Reason.values()) {
      Gauge.builder("pgrok.tunnels", () -> count(reason))
          .description("Tunnels by the reason of their Ready condition")
          .tag("reason", reason.text())
          .tag("ready", String.valueOf(reason.outcome() == Reason.Outcome.READY))
          .register(metrics);
    }
  }

  /** A Tunnel has these conditions now. */
  public synchronized void put(ResourceID tunnel, List<Condition> conditions) {
    remove(tunnel);
    Conditions.find(conditions, Conditions.READY)
        .map(Condition::getReason)
        .ifPresent(reason -> {
          reasons.put(tunnel, reason);
          counts.merge(reason, 1, Integer::sum);
        });
  }

  /** A Tunnel is gone. */
  public synchronized void remove(ResourceID tunnel) {
    String before = reasons.remove(tunnel);
    if (before != null) {
      counts.merge(before, -1, Integer::sum);
    }
  }

  synchronized int count(Reason reason) {
    return counts.getOrDefault(reason.text(), 0);
  }
}
