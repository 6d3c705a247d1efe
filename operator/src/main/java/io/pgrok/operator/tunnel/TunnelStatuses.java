package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.Condition;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.TunnelStatus;
import io.pgrok.operator.Labels;
import io.pgrok.operator.lifetime.Lifetime;
import io.pgrok.operator.report.Registration;
import io.pgrok.operator.status.Conditions;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Verdict;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From what is known to what is said. Pure but for the clock. */
final class TunnelStatuses {

  private static final String TAKEN = "already registered";
  private static final String EXTEND =
      "extend it by a longer ttl or idleAfter, or by annotation %s with a later time"
          .formatted(Labels.EXTEND);

  private TunnelStatuses() {}

  static List<Condition> conditions(Tunnel tunnel) {
    return tunnel.getStatus() == null ? List.of() : tunnel.getStatus().conditions();
  }

  /** The status of a Tunnel that cannot be registered. */
  static TunnelStatus blocked(Tunnel tunnel, Lifetime lifetime, Verdict why, Clock clock) {
    return status(tunnel, lifetime, List.of(), why, clock);
  }

  /** Why a Tunnel is closed although nothing stands in its way; empty when it is not. */
  static Optional<Verdict> closed(Tunnel tunnel, Lifetime lifetime) {
    if (Boolean.TRUE.equals(tunnel.getSpec().suspend())) {
      return Optional.of(new Verdict(Reason.SUSPENDED, "closed for now, as spec.suspend asks for"));
    }
    return lifetime.phase() == Lifetime.Phase.OVER
        ? Optional.of(
            new Verdict(
                Reason.EXPIRED,
                "closed since %s; %s, or delete it".formatted(lifetime.expiresAt(), EXTEND)))
        : Optional.empty();
  }

  /**
   * The status of a Tunnel whose agents report this; empty to leave it as it is, because the
   * reports do not say anything new yet.
   *
   * @param unserved what keeps visitors of a registered tunnel from being served
   */
  static Optional<TunnelStatus> reported(
      Tunnel tunnel,
      Lifetime lifetime,
      String server,
      Registration registration,
      Optional<Verdict> unserved,
      Clock clock) {
    boolean mayStay =
        registration instanceof Registration.Unknown
            || registration instanceof Registration.Outdated;
    if (mayStay && speaksOfCurrentSpec(tunnel)) {
      return Optional.empty();
    }
    if (registration instanceof Registration.Online(List<String> urls)) {
      var verdict = unserved.orElseGet(() -> verdict(server, registration));
      return Optional.of(status(tunnel, lifetime, urls, verdict, clock));
    }
    return Optional.of(blocked(tunnel, lifetime, verdict(server, registration), clock));
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
      Tunnel tunnel, Lifetime lifetime, List<String> urls, Verdict verdict, Clock clock) {
    long generation = tunnel.getMetadata().getGeneration();
    var before = conditions(tunnel);
    var status =
        new TunnelStatus(
            best(urls),
            urls,
            text(lifetime.expiresAt()),
            text(lifetime.idleSince()),
            generation,
            Conditions.of(before, remarked(verdict, lifetime), generation, clock));
    return lifetime.phase() == Lifetime.Phase.ENDING
        ? status.with(
            Conditions.beside(
                before,
                Conditions.EXPIRES_SOON,
                "True",
                Conditions.EXPIRES_SOON,
                "it will be closed at %s; %s".formatted(lifetime.expiresAt(), EXTEND),
                generation,
                clock))
        : status;
  }

  private static Verdict remarked(Verdict verdict, Lifetime lifetime) {
    return lifetime.remark() == null
        ? verdict
        : new Verdict(verdict.reason(), verdict.message() + "; " + lifetime.remark());
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  private static @Nullable String best(List<String> urls) {
    return urls.stream()
        .filter(url -> url.startsWith("https:"))
        .findFirst()
        .orElse(urls.isEmpty() ? null : urls.getFirst());
  }
}
