package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.Condition;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.TunnelStatus;
import io.pgrok.operator.agent.Shown;
import io.pgrok.operator.status.Conditions;
import java.time.Clock;
import java.util.Objects;

/**
 * Condition {@code CertificateReady} of a Tunnel that names a certificate: whether visitors are
 * shown it. {@code Ready} does not depend on it. Pure but for the clock.
 */
final class CertificateCondition {

  static final String TYPE = "CertificateReady";

  private CertificateCondition() {}

  /**
   * @param next the status that the Tunnel gets; while it is not registered, what was said of the
   *     certificate before stays
   */
  static TunnelStatus on(Tunnel tunnel, TunnelStatus next, Shown shown, Clock clock) {
    return switch (shown) {
      case Shown.Servers servers -> next;
      case Shown.Own own when next.urls().isEmpty() ->
          Conditions.find(TunnelStatuses.conditions(tunnel), TYPE).map(next::with).orElse(next);
      case Shown.Own own when next.urls().stream().noneMatch(url -> url.startsWith("https:")) ->
          next.with(
              condition(
                  tunnel,
                  next,
                  "False",
                  "NoHttps",
                  "the tunnel has no https URL on which Secret %s could be shown"
                      .formatted(own.secret()),
                  clock));
      case Shown.Own(String secret, var until, var authority) ->
          next.with(
              condition(
                  tunnel,
                  next,
                  "True",
                  "Shown",
                  "visitors over https are shown the certificate of Secret %s, which is valid until"
                          .formatted(secret)
                      + " "
                      + until,
                  clock));
      case Shown.Instead(var why) ->
          next.with(
              condition(
                  tunnel,
                  next,
                  "False",
                  why.reason().text(),
                  "visitors over https are shown the server's own certificate: " + why.message(),
                  clock));
    };
  }

  private static Condition condition(
      Tunnel tunnel,
      TunnelStatus status,
      String holds,
      String reason,
      String message,
      Clock clock) {
    return Conditions.beside(
        TunnelStatuses.conditions(tunnel),
        TYPE,
        holds,
        reason,
        message,
        Objects.requireNonNullElse(status.observedGeneration(), 0L),
        clock);
  }
}
