package io.pgrok.operator.tunnel;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.crds.tunnel.TunnelStatus;
import io.pgrok.operator.status.Conditions;
import io.pgrok.operator.status.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * For a moment after a Tunnel's route has changed nobody is told that it is being registered: a
 * status and its Event would come in the way of the agent's Secret, which a visitor waits for, and
 * often the Tunnel is registered by then. Thread-safe.
 */
final class Haste {

  static final Duration MOMENT = Duration.ofMillis(250);

  private final Clock clock;
  private final Map<ResourceID, Instant> until = new ConcurrentHashMap<>();

  Haste(Clock clock) {
    this.clock = clock;
  }

  void begin(ResourceID tunnel) {
    until.put(tunnel, clock.instant().plus(MOMENT));
  }

  void end(ResourceID tunnel) {
    until.remove(tunnel);
  }

  /**
   * For how long yet a status is not to be written; empty when it is to be now.
   *
   * @param next that would be written
   */
  Optional<Duration> holdsBack(ResourceID tunnel, TunnelStatus next) {
    var end = until.get(tunnel);
    if (end == null) {
      return Optional.empty();
    }
    var rest = Duration.between(clock.instant(), end);
    if (rest.isPositive() && isRegistering(next)) {
      return Optional.of(rest);
    }
    until.remove(tunnel, end);
    return Optional.empty();
  }

  private static boolean isRegistering(TunnelStatus status) {
    return Conditions.find(status.conditions(), Conditions.READY)
        .filter(ready -> Reason.REGISTERING.text().equals(ready.getReason()))
        .isPresent();
  }
}
