package io.pgrok.operator.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.TunnelStatus;
import io.pgrok.operator.Manifest;
import io.pgrok.operator.agent.Shown;
import io.pgrok.operator.status.Conditions;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Verdict;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateConditionTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Shown OWN =
      new Shown.Own("shop-tls", Instant.parse("2026-03-01T00:00:00Z"), null);
  private static final Shown MISSING =
      new Shown.Instead(new Verdict(Reason.SECRET_NOT_FOUND, "there is no Secret shop-tls"));

  private static Tunnel tunnel() {
    return Manifest.read(Tunnel.class, "metadata: {namespace: shop, name: web}");
  }

  private static TunnelStatus status(String... urls) {
    return new TunnelStatus(null, List.of(urls), null, null, 3L, List.of());
  }

  private static TunnelStatus on(Tunnel tunnel, TunnelStatus next, Shown shown) {
    return CertificateCondition.on(tunnel, next, shown, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static List<String> said(TunnelStatus status) {
    return status.conditions().stream()
        .map(it -> "%s %s %s".formatted(it.getType(), it.getStatus(), it.getReason()))
        .toList();
  }

  @Test
  void aTunnelThatAsksForNoneHasNone() {
    assertThat(said(on(tunnel(), status("https://a.test"), new Shown.Servers()))).isEmpty();
  }

  @Test
  void saysWhatVisitorsAreShown() {
    assertThat(said(on(tunnel(), status("http://a.test", "https://a.test"), OWN)))
        .containsExactly("CertificateReady True Shown");
    assertThat(said(on(tunnel(), status("http://a.test"), OWN)))
        .containsExactly("CertificateReady False NoHttps");
    assertThat(said(on(tunnel(), status("https://a.test"), MISSING)))
        .containsExactly("CertificateReady False SecretNotFound");
  }

  @Test
  void whileItIsNotRegisteredWhatWasSaidStays() {
    assertThat(said(on(tunnel(), status(), OWN))).isEmpty();

    var before = tunnel();
    before.setStatus(on(before, status("https://a.test"), OWN));

    assertThat(said(on(before, status(), OWN))).containsExactly("CertificateReady True Shown");
  }

  @Test
  void aFailureIsNewsOnceForEachReason() {
    var before = on(tunnel(), status("https://a.test"), OWN).conditions();
    var missing = on(tunnel(), status("https://a.test"), MISSING).conditions();

    assertThat(Conditions.failure(List.of(), missing, CertificateCondition.TYPE)).isPresent();
    assertThat(Conditions.failure(before, missing, CertificateCondition.TYPE)).isPresent();
    assertThat(Conditions.failure(missing, missing, CertificateCondition.TYPE)).isEmpty();
    assertThat(Conditions.failure(missing, before, CertificateCondition.TYPE)).isEmpty();
  }
}
