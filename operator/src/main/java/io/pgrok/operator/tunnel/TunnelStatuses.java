package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.Condition;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.TunnelStatus;
import io.pgrok.operator.report.Registration;
import io.pgrok.operator.status.Conditions;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Verdict;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From what is known to what is said. Pure but for the clock. */
final class TunnelStatuses {

  private static final String TAKEN = "already registered";

  private TunnelStatuses() {}

  static List<Condition> conditions(Tunnel tunnel) {
    return tunnel.getStatus() == null ? List.of() : tunnel.getStatus().conditions();
  }

  /** The status of a Tunnel that cannot be registered. */
  static TunnelStatus blocked(Tunnel tunnel, Verdict why, Clock clock) {
    return status(tunnel, List.of(), why, clock);
  }

  /**
   * The status of a Tunnel whose agents report this; empty to leave it as it is, because the
   * reports do not say anything new yet.
   */
  static Optional<TunnelStatus> reported(
      Tunnel tunnel, String server, Registration registration, Clock clock) {
    boolean mayStay =
        registration instanceof Registration.Unknown
            || registration instanceof Registration.Outdated;
    if (mayStay && speaksOfCurrentSpec(tunnel)) {
      return Optional.empty();
    }
    var urls = registration instanceof Registration.Online(var online) ? online : List.<String>of();
    return Optional.of(status(tunnel, urls, verdict(server, registration), clock));
  }

  static Verdict verdict(String server, Registration registration) {
    return switch (registration) {
      case Registration.Online(List<String> urls) ->
          new Verdict(Reason.REGISTERED, "visitors get through at " + String.join(" and ", urls));
      case Registration.Outdated outdated ->
          new Verdict(Reason.REGISTERING, "the agent is taking over the change");
      case Registration.Pending pending ->
          new Verdict(Reason.REGISTERING, "the agent is registering it with server " + server);
      case Registration.Unknown unknown ->
          new Verdict(Reason.REGISTERING, "waiting to hear from the agent");
      case Registration.Refused(String error) ->
          error.contains(TAKEN)
              ? new Verdict(
                  Reason.NAME_TAKEN,
                  "someone else has the name on server %s: %s".formatted(server, error))
              : new Verdict(Reason.REFUSED, "server %s refused it: %s".formatted(server, error));
      case Registration.LoggedOut(String error) ->
          new Verdict(
              Reason.AUTH_FAILED, "server %s refused the agent: %s".formatted(server, error));
      case Registration.Unreachable(String error) ->
          new Verdict(
              Reason.SERVER_UNREACHABLE,
              "the agent does not reach server %s: %s".formatted(server, error));
      case Registration.NoAgent(String error) ->
          new Verdict(Reason.AGENT_NOT_READY, "no agent answers that carries it: " + error);
    };
  }

  private static boolean speaksOfCurrentSpec(Tunnel tunnel) {
    var status = tunnel.getStatus();
    return status != null
        && Objects.equals(status.observedGeneration(), tunnel.getMetadata().getGeneration());
  }

  private static TunnelStatus status(
      Tunnel tunnel, List<String> urls, Verdict verdict, Clock clock) {
    long generation = tunnel.getMetadata().getGeneration();
    return new TunnelStatus(
        best(urls),
        urls,
        generation,
        Conditions.of(conditions(tunnel), verdict, generation, clock));
  }

  private static @Nullable String best(List<String> urls) {
    return urls.stream()
        .filter(url -> url.startsWith("https:"))
        .findFirst()
        .orElse(urls.isEmpty() ? null : urls.getFirst());
  }
}
