package io.pgrok.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.pgrok.operator.status.Reason.Outcome;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the conditions of a verdict, as kstatus reads them: {@code Ready} always; {@code Stalled}
 * only while a person has to change something. Pure but for the clock.
 */
public final class Conditions {

  public static final String READY = "Ready";
  public static final String STALLED = "Stalled";

  /** Holds shortly before a Tunnel is closed; kstatus does not look at it. */
  public static final String EXPIRES_SOON = "ExpiresSoon";

  private Conditions() {}

  /**
   * @param previous the conditions that the resource has; a transition time is kept while the
   *     condition's status stays the same
   * @param generation of the spec that the verdict speaks of
   */
  public static List<Condition> of(
      List<Condition> previous, Verdict verdict, long generation, Clock clock) {
    var conditions = new ArrayList<Condition>();
    conditions.add(condition(READY, verdict.ready(), verdict, previous, generation, clock));
    if (verdict.reason().outcome() == Outcome.STALLED) {
      conditions.add(condition(STALLED, true, verdict, previous, generation, clock));
    }
    return List.copyOf(conditions);
  }

  /**
   * A condition beside those of a verdict, for which the same transition time holds.
   *
   * @param status {@code True}, {@code False} or {@code Unknown}
   */
  public static Condition beside(
      List<Condition> previous,
      String type,
      String status,
      String reason,
      String message,
      long generation,
      Clock clock) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withObservedGeneration(generation)
        .withLastTransitionTime(since(previous, type, status, clock))
        .build();
  }

  /** Condition {@link #EXPIRES_SOON}, when it was not there before. */
  public static Optional<Condition> warning(List<Condition> before, List<Condition> after) {
    return find(after, EXPIRES_SOON).filter(soon -> find(before, EXPIRES_SOON).isEmpty());
  }

  /** A condition that does not hold, when that or why it does not is new. */
  public static Optional<Condition> failure(
      List<Condition> before, List<Condition> after, String type) {
    return find(after, type)
        .filter(now -> "False".equals(now.getStatus()))
        .filter(now ->
            find(before, type)
                .filter(old ->
                    "False".equals(old.getStatus()) && old.getReason().equals(now.getReason()))
                .isEmpty());
  }

  /**
   * What a person should hear of a change: condition {@code Ready}, when it has another reason than
   * before and is not merely on its way.
   */
  public static Optional<Condition> news(List<Condition> before, List<Condition> after) {
    var old = find(before, READY).map(Condition::getReason).orElse("");
    return find(after, READY)
        .filter(ready -> !old.equals(ready.getReason()))
        .filter(ready -> !Reason.isPassing(ready.getReason()));
  }

  public static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions.stream().filter(c -> type.equals(c.getType())).findFirst();
  }

  private static Condition condition(
      String type,
      boolean holds,
      Verdict verdict,
      List<Condition> previous,
      long generation,
      Clock clock) {
    String status = holds ? "True" : "False";
    return beside(
        previous, type, status, verdict.reason().text(), verdict.message(), generation, clock);
  }

  private static String since(List<Condition> previous, String type, String status, Clock clock) {
    return find(previous, type)
        .filter(c -> status.equals(c.getStatus()))
        .map(Condition::getLastTransitionTime)
        .orElseGet(() -> clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
  }
}
