package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.Condition;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.TunnelStatus;
import io.pgrok.operator.probe.Reachability;
import io.pgrok.operator.status.Conditions;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Condition {@code Reachable}: what came of asking the public URL. Nothing waits for it, and {@code
 * Ready} does not depend on it. Pure but for the clock.
 */
final class ReachableCondition {

  static final String TYPE = "Reachable";

  private ReachableCondition() {}

  /**
   * @param next the status that the Tunnel gets
   * @param found empty while the URL has not been asked since this operator began: what was said of
   *     the same URL before stays
   */
  static TunnelStatus on(
      Tunnel tunnel, TunnelStatus next, Optional<Reachability> found, Clock clock) {
    List<Condition> previous = TunnelStatuses.conditions(tunnel);
    return found
        .map(it -> of(next, previous, it, clock))
        .or(() ->
            Conditions.find(previous, TYPE)
                .filter(it -> Objects.equals(tunnel.getStatus().url(), next.url())))
        .map(next::with)
        .orElse(next);
  }

  private static Condition of(
      TunnelStatus status, List<Condition> previous, Reachability found, Clock clock) {
    var said =
        switch (found) {
          case Reachability.Answered(var latency) ->
              new Said(
                  "True",
                  "Answered",
                  "the agent answered %s in %d ms".formatted(status.url(), latency.toMillis()));
          case Reachability.Failed(var why, String detail) ->
              new Said("False", why.text(), "%s: %s".formatted(status.url(), cut(detail)));
          case Reachability.Unknown(String why) -> new Said("Unknown", "NotProbed", why);
        };
    return Conditions.beside(
        previous,
        TYPE,
        said.status,
        said.reason,
        said.message,
        Objects.requireNonNullElse(status.observedGeneration(), 0L),
        clock);
  }

  private record Said(String status, String reason, String message) {}

  private static String cut(String detail) {
    return detail.length() > 500 ? detail.substring(0, 500) + "…" : detail;
  }
}
