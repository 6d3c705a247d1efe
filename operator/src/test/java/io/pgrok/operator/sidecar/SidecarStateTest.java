package io.pgrok.operator.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.crds.tunnel.WorkloadTarget.Kind;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.sidecar.SidecarState.Step;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SidecarStateTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void unknownWorkloadIsApplied() {
    assertThat(SidecarState.next(null, workload(true, 1), "f", NOW))
        .isEqualTo(new Step.Apply(false));
  }

  @Test
  void changedFieldsAreApplied() {
    assertThat(
            SidecarState.next(new SidecarState("uid", "old", 2, null), workload(true, 2), "f", NOW))
        .isEqualTo(new Step.Apply(false));
  }

  @Test
  void watchThatLagsBehindIsNoTheft() {
    assertThat(
            SidecarState.next(new SidecarState("uid", "f", 2, null), workload(false, 1), "f", NOW))
        .isEqualTo(new Step.Leave());
  }

  @Test
  void oneOfTheSameNameThatIsMadeAnewIsApplied() {
    var last = new SidecarState("uid of before", "f", 9, NOW);

    assertThat(SidecarState.next(last, workload(false, 1), "f", NOW))
        .isEqualTo(new Step.Apply(false));
  }

  @Test
  void stolenOnceIsRestoredAndStolenTwiceIsGivenUp() {
    assertThat(
            SidecarState.next(new SidecarState("uid", "f", 2, null), workload(false, 3), "f", NOW))
        .isEqualTo(new Step.Apply(true));
    var restored = new SidecarState("uid", "f", 4, NOW.minusSeconds(1));
    assertThat(SidecarState.next(restored, workload(false, 5), "f", NOW))
        .isEqualTo(new Step.GiveUp("thief"));
  }

  @Test
  void theftOfLongAgoIsForgotten() {
    var restored = new SidecarState("uid", "f", 4, NOW.minus(SidecarState.TRUCE));

    assertThat(SidecarState.next(restored, workload(false, 5), "f", NOW))
        .isEqualTo(new Step.Apply(true));
  }

  private static Workload workload(boolean hasSidecar, long generation) {
    return new Workload(
        new Carrier.Sidecar(Kind.DEPLOYMENT, "ns", "web"),
        "uid",
        generation,
        hasSidecar,
        hasSidecar,
        "thief",
        null,
        false,
        "app",
        false,
        null);
  }
}
