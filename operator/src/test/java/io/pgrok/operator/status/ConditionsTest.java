package io.pgrok.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {

  private static final Clock NOON = clock("2026-01-01T12:00:00.123Z");
  private static final Clock LATER = clock("2026-01-01T13:00:00Z");

  @Test
  void readyTellsTheRootCause() {
    var conditions = Conditions.of(List.of(), new Verdict(Reason.SERVICE_NOT_FOUND, "no"), 3, NOON);

    assertThat(conditions)
        .singleElement()
        .satisfies(ready -> {
          assertThat(ready.getType()).isEqualTo("Ready");
          assertThat(ready.getStatus()).isEqualTo("False");
          assertThat(ready.getReason()).isEqualTo("ServiceNotFound");
          assertThat(ready.getObservedGeneration()).isEqualTo(3);
          assertThat(ready.getLastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
        });
  }

  @Test
  void transitionTimeIsThatOfTheStatusNotOfTheReason() {
    var before = Conditions.of(List.of(), new Verdict(Reason.REGISTERING, ""), 1, NOON);
    var still = Conditions.of(before, new Verdict(Reason.SERVER_UNREACHABLE, ""), 1, LATER);
    var ready = Conditions.of(still, new Verdict(Reason.REGISTERED, ""), 1, LATER);

    assertThat(still.getFirst().getLastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(ready.getFirst().getLastTransitionTime()).isEqualTo("2026-01-01T13:00:00Z");
  }

  @Test
  void stalledIsThereOnlyWhileAPersonHasToAct() {
    var stalled = Conditions.of(List.of(), new Verdict(Reason.PORT_AMBIGUOUS, "which?"), 1, NOON);
    var solved = Conditions.of(stalled, new Verdict(Reason.REGISTERING, ""), 2, LATER);

    assertThat(stalled).extracting(Condition::getType).containsExactly("Ready", "Stalled");
    assertThat(solved).extracting(Condition::getType).containsExactly("Ready");
  }

  @Test
  void sameReasonAndPassingReasonsAreNoNews() {
    var waiting = Conditions.of(List.of(), new Verdict(Reason.SERVICE_NOT_FOUND, "a"), 1, NOON);
    var same = Conditions.of(waiting, new Verdict(Reason.SERVICE_NOT_FOUND, "b"), 2, LATER);
    var passing = Conditions.of(waiting, new Verdict(Reason.REGISTERING, ""), 2, LATER);

    assertThat(Conditions.news(List.of(), waiting)).isPresent();
    assertThat(Conditions.news(waiting, same)).isEmpty();
    assertThat(Conditions.news(waiting, passing)).isEmpty();
  }

  private static Clock clock(String time) {
    return Clock.fixed(Instant.parse(time), ZoneOffset.UTC);
  }
}
