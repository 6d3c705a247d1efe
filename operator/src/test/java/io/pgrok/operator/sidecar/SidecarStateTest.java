package io.pgrok.operator.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.crds.tunnel.WorkloadTarget.Kind;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.sidecar.SidecarState.Step;
import io.pgrok.operator.sidecar.SidecarState.Truce;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SidecarStateTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final String OURS = "fields";

  private static final Truce TRUCE = Truce.first(NOW.minusSeconds(60));

  @Test
  void unknownWorkloadIsApplied() {
    assertThat(SidecarState.next(null, workload(true, 1), "f", NOW))
        .isEqualTo(new Step.Apply(null));
  }

  @Test
  void changedFieldsAreApplied() {
    var last = new SidecarState("uid", "old", OURS, 2, null);

    assertThat(SidecarState.next(last, workload(true, 2), "f", NOW))
        .isEqualTo(new Step.Apply(null));
  }

  @Test
  void watchThatLagsBehindIsNoTheft() {
    assertThat(SidecarState.next(state(2, null), workload(false, 1), "f", NOW))
        .isEqualTo(new Step.Leave());
  }

  @Test
  void oneOfTheSameNameThatIsMadeAnewIsApplied() {
    var last = new SidecarState("uid of before", "f", OURS, 9, TRUCE);

    assertThat(SidecarState.next(last, workload(false, 1), "f", NOW))
        .isEqualTo(new Step.Apply(null));
  }

  @Test
  void stolenOnceIsRestoredAndStolenTwiceIsGivenUpUntilTheTruceEnds() {
    assertThat(SidecarState.next(state(2, null), workload(false, 3), "f", NOW))
        .isEqualTo(new Step.Apply(Truce.first(NOW)));
    assertThat(SidecarState.next(state(4, TRUCE), workload(false, 5), "f", NOW))
        .isEqualTo(new Step.GiveUp("thief", TRUCE.end()));
  }

  @Test
  void oneThatIsGivenUpComesBackAndThenHasToStayTwiceAsLong() {
    var state = state(4, TRUCE).givenUp();
    var lengths = new ArrayList<Duration>();
    for (int i = 0; i < 10; i++) {
      var end = state.truce().end();
      var step = (Step.Apply) SidecarState.next(state, workload(false, 5), "f", end);
      lengths.add(step.truce().length());
      assertThat(step.truce().from()).isEqualTo(end);
      state = state(4, step.truce()).givenUp();
    }

    assertThat(lengths)
        .startsWith(Truce.SHORTEST.multipliedBy(2), Truce.SHORTEST.multipliedBy(4))
        .endsWith(Truce.LONGEST, Truce.LONGEST);
  }

  @Test
  void theftOfLongAgoIsForgotten() {
    var restored = state(4, new Truce(NOW.minus(Truce.LONGEST), Truce.LONGEST, false));

    assertThat(SidecarState.next(restored, workload(false, 5), "f", NOW))
        .isEqualTo(new Step.Apply(Truce.first(NOW)));
  }

  @Test
  void anOlderSidecarIsReplacedOnceAndThenLeftInPeace() {
    var older = workload(true, 3, "some of it");

    assertThat(SidecarState.next(state(2, null), older, "f", NOW))
        .isEqualTo(new Step.Apply(Truce.first(NOW)));
    assertThat(SidecarState.next(state(2, TRUCE), older, "f", NOW)).isEqualTo(new Step.Leave());
  }

  private static SidecarState state(long generation, @Nullable Truce truce) {
    return new SidecarState("uid", "f", OURS, generation, truce);
  }

  private static Workload workload(boolean hasSidecar, long generation) {
    return workload(hasSidecar, generation, hasSidecar ? OURS : "");
  }

  private static Workload workload(boolean hasSidecar, long generation, String managed) {
    return new Workload(
        new Carrier.Sidecar(Kind.DEPLOYMENT, "ns", "web"),
        "uid",
        generation,
        hasSidecar,
        managed,
        "thief",
        null,
        false,
        "app",
        false,
        null);
  }
}
