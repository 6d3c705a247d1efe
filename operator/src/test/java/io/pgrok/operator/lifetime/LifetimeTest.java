package io.pgrok.operator.lifetime;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Manifest;
import io.pgrok.operator.lifetime.Lifetime.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LifetimeTest {

  private static final Instant CREATED = Instant.parse("2026-01-01T12:00:00Z");
  private static final Optional<Instant> NEVER = Optional.empty();

  @Test
  void tunnelWithoutLimitsHasNoEnd() {
    var lifetime = Lifetime.of(tunnel("{}", "", ""), NEVER, at("13:00"));

    assertThat(lifetime.phase()).isEqualTo(Phase.OPEN);
    assertThat(lifetime.expiresAt()).isNull();
    assertThat(lifetime.lookAgain()).isEmpty();
  }

  @Test
  void ttlCountsFromCreationWarnsInItsLastTenthAndEnds() {
    var tunnel = tunnel("{ttl: 5h}", "", "");

    assertThat(Lifetime.of(tunnel, NEVER, at("12:00")))
        .satisfies(l -> assertThat(l.phase()).isEqualTo(Phase.OPEN))
        .satisfies(l -> assertThat(l.expiresAt()).isEqualTo(at("17:00")))
        .satisfies(l -> assertThat(l.lookAgain()).contains(justAfter(Duration.ofMinutes(270))));
    assertThat(Lifetime.of(tunnel, NEVER, at("16:30")))
        .satisfies(l -> assertThat(l.phase()).isEqualTo(Phase.ENDING))
        .satisfies(l -> assertThat(l.lookAgain()).contains(justAfter(Duration.ofMinutes(30))));
    assertThat(Lifetime.of(tunnel, NEVER, at("17:00")))
        .satisfies(l -> assertThat(l.phase()).isEqualTo(Phase.OVER))
        .satisfies(l -> assertThat(l.lookAgain()).isEmpty());
  }

  /** The API server sets the time of creation, by a clock of its own. */
  @Test
  void tunnelMadeByAClockThatIsAheadHasItsWholeTime() {
    var lifetime = Lifetime.of(tunnel("{ttl: 1h}", "", ""), NEVER, at("11:57"));

    assertThat(lifetime.phase()).isEqualTo(Phase.OPEN);
    assertThat(lifetime.expiresAt()).isEqualTo(at("13:00"));
    assertThat(lifetime.lookAgain()).contains(justAfter(Duration.ofMinutes(57)));
  }

  @Test
  void longLifeIsWarnedOfAnHourBefore() {
    var tunnel = tunnel("{ttl: 10d}", "", "");

    assertThat(Lifetime.of(tunnel, NEVER, Instant.parse("2026-01-11T10:59:59Z")).phase())
        .isEqualTo(Phase.OPEN);
    assertThat(Lifetime.of(tunnel, NEVER, Instant.parse("2026-01-11T11:00:00Z")).phase())
        .isEqualTo(Phase.ENDING);
  }

  @Test
  void annotationExtendsAndReopens() {
    String annotation = "pgrok.io/extend: '2026-01-01T20:00:00Z'";
    var tunnel = tunnel("{ttl: 1h, idleAfter: 1h}", annotation, "");

    var lifetime = Lifetime.of(tunnel, NEVER, at("19:00"));

    assertThat(lifetime.phase()).isEqualTo(Phase.OPEN);
    assertThat(lifetime.expiresAt()).isEqualTo(at("20:00"));
    assertThat(Lifetime.of(tunnel, NEVER, at("20:00")).phase()).isEqualTo(Phase.OVER);
  }

  @Test
  void earlierExtensionAndMalformedOneChangeNothing() {
    var earlier = tunnel("{ttl: 2h}", "pgrok.io/extend: '2026-01-01T13:00:00Z'", "");
    var malformed = tunnel("{ttl: 2h}", "pgrok.io/extend: tomorrow", "");

    assertThat(Lifetime.of(earlier, NEVER, at("12:30")).expiresAt()).isEqualTo(at("14:00"));
    assertThat(Lifetime.of(malformed, NEVER, at("12:30")))
        .satisfies(l -> assertThat(l.expiresAt()).isEqualTo(at("14:00")))
        .satisfies(l -> assertThat(l.remark()).contains("2030-01-31T18:00:00Z"));
  }

  @Test
  void idleTimeCountsFromTheLastVisit() {
    var tunnel = tunnel("{idleAfter: 1h}", "", "");

    var visited = Lifetime.of(tunnel, Optional.of(at("12:50")), at("12:59"));

    assertThat(visited.phase()).isEqualTo(Phase.OPEN);
    assertThat(visited.idleSince()).isEqualTo(at("12:50"));
    assertThat(visited.expiresAt()).isEqualTo(at("13:50"));
    assertThat(visited.lookAgain()).contains(justAfter(Duration.ofMinutes(6)));
    assertThat(Lifetime.of(tunnel, NEVER, at("13:00")).phase()).isEqualTo(Phase.OVER);
  }

  @Test
  void visitsMoveTheStatusInSteps() {
    var tunnel = tunnel("{idleAfter: 1h}", "", "{idleSince: '2026-01-01T12:50:00Z'}");

    assertThat(Lifetime.of(tunnel, Optional.of(at("12:55")), at("12:56")).idleSince())
        .isEqualTo(at("12:50"));
    assertThat(Lifetime.of(tunnel, Optional.of(at("12:56")), at("12:56")).idleSince())
        .isEqualTo(at("12:56"));
  }

  @Test
  void agentThatForgotVisitsTakesNoTimeAway() {
    var tunnel = tunnel("{idleAfter: 1h}", "", "{idleSince: '2026-01-01T15:00:00Z'}");

    assertThat(Lifetime.of(tunnel, NEVER, at("15:30")).phase()).isEqualTo(Phase.OPEN);
  }

  @Test
  void idleTimeBeginsWhenVisitorsCanCome() {
    var tunnel =
        tunnel(
            "{idleAfter: 1h}",
            "",
            "{conditions: [{type: Ready, status: 'True', lastTransitionTime: '2026-01-01T14:00:00Z'}]}");

    assertThat(Lifetime.of(tunnel, NEVER, at("14:30")).expiresAt()).isEqualTo(at("15:00"));
  }

  @Test
  void earlierOfBothEndsIt() {
    var tunnel = tunnel("{ttl: 2h, idleAfter: 1h30m}", "", "");

    assertThat(Lifetime.of(tunnel, Optional.of(at("13:00")), at("13:01")).expiresAt())
        .isEqualTo(at("14:00"));
  }

  @Test
  void creationInTheFutureOfThisClockIsNoTrouble() {
    var lifetime = Lifetime.of(tunnel("{ttl: 1h}", "", ""), NEVER, at("11:58"));

    assertThat(lifetime.phase()).isEqualTo(Phase.OPEN);
    assertThat(lifetime.expiresAt()).isEqualTo(at("13:00"));
  }

  @Test
  void spansAddUp() {
    assertThat(Span.parse("1d2h3m4s"))
        .isEqualTo(Duration.ofDays(1).plusHours(2).plusMinutes(3).plusSeconds(4));
  }

  private static Duration justAfter(Duration time) {
    return time.plusMillis(1);
  }

  private static Instant at(String time) {
    return Instant.parse("2026-01-01T%s:00Z".formatted(time));
  }

  private static Tunnel tunnel(String spec, String annotation, String status) {
    return Manifest.read(
        Tunnel.class,
        """
        metadata: {name: web, creationTimestamp: '%s', annotations: {%s}}
        spec: %s
        status: %s
        """
            .formatted(CREATED, annotation, spec, status.isEmpty() ? "null" : status));
  }
}
