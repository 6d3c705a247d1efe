package io.pgrok.operator.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.crds.tunnel.TunnelStatus;
import io.pgrok.operator.status.Conditions;
import io.pgrok.operator.status.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class HasteTest {

  private static final ResourceID WEB = new ResourceID("web", "ns");

  private Instant now = Instant.parse("2026-01-01T12:00:00Z");
  private final InstantSource time = () -> now;
  private final Clock clock = time.withZone(ZoneOffset.UTC);
  private final Haste haste = new Haste(clock);

  @Test
  void thatItIsBeingRegisteredIsSaidWhenItTakesLongerThanAMoment() {
    haste.begin(WEB);
    now = now.plusMillis(100);
    assertThat(haste.holdsBack(WEB, status(Reason.REGISTERING)))
        .contains(Haste.MOMENT.minus(Duration.ofMillis(100)));

    now = now.plus(Haste.MOMENT);
    assertThat(haste.holdsBack(WEB, status(Reason.REGISTERING))).isEmpty();
  }

  @Test
  void whatCameOfItIsSaidAtOnceAndEndsTheHaste() {
    haste.begin(WEB);

    assertThat(haste.holdsBack(WEB, status(Reason.REGISTERED))).isEmpty();
    assertThat(haste.holdsBack(WEB, status(Reason.REGISTERING))).isEmpty();
  }

  @Test
  void othersAreNotHeldBack() {
    haste.begin(new ResourceID("other", "ns"));
    assertThat(haste.holdsBack(WEB, status(Reason.REGISTERING))).isEmpty();

    haste.begin(WEB);
    haste.end(WEB);
    assertThat(haste.holdsBack(WEB, status(Reason.REGISTERING))).isEmpty();
  }

  private static TunnelStatus status(Reason reason) {
    var ready = new ConditionBuilder().withType(Conditions.READY).withReason(reason.text()).build();
    return new TunnelStatus(null, List.of(), null, null, 1L, List.of(ready));
  }
}
