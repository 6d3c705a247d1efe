package io.pgrok.operator.sidecar;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the operator did to a workload last, and what that says about what it sees now. Pure.
 *
 * @param uid of the workload: one of the same name that is made anew has nothing of it
 * @param fields a hash of the fields that were applied
 * @param managed which of them were the operator's then, see {@link Workload#managed}
 * @param generation of the workload that came of it
 * @param truce since the sidecar was applied again because someone had taken it away; null when
 *     nobody has
 */
record SidecarState(
    String uid, String fields, String managed, long generation, @Nullable Truce truce) {

  /**
   * Someone who takes the sidecar away again before it ends is a controller, not a slip: to apply
   * it once more would roll the pods to and fro. It is tried again in the end, since it may have
   * been a person who rolled back twice; each time in vain makes the next one twice as long.
   */
  record Truce(Instant from, Duration length, boolean broken) {

    static final Duration SHORTEST = Duration.ofMinutes(10);
    static final Duration LONGEST = Duration.ofDays(1);

    static Truce first(Instant now) {
      return new Truce(now, SHORTEST, false);
    }

    Instant end() {
      return from.plus(length);
    }

    private Truce next(Instant now) {
      var twice = length.multipliedBy(2);
      return broken
          ? new Truce(now, LONGEST.compareTo(twice) < 0 ? LONGEST : twice, false)
          : first(now);
    }
  }

  /** What to do about a workload that should have a sidecar. */
  sealed interface Step {
    /** Everything is as applied, or the watch has not caught up with it yet. */
    record Leave() implements Step {}

    /**
     * Apply the fields.
     *
     * @param truce that begins with it, when someone took them away; null for none
     */
    record Apply(@Nullable Truce truce) implements Step {}

    /** Someone keeps taking them away: to be looked at again when the truce ends. */
    record GiveUp(String manager, Instant until) implements Step {}
  }

  /**
   * @param last what was done before; null when nothing is known of it
   * @param wanted hash of the fields that should be applied
   */
  static Step next(@Nullable SidecarState last, Workload workload, String wanted, Instant now) {
    if (last == null || !last.uid.equals(workload.uid()) || !last.fields.equals(wanted)) {
      return new Step.Apply(null);
    }
    boolean asApplied = workload.hasSidecar() && workload.managed().equals(last.managed);
    if (asApplied || workload.generation() < last.generation) {
      return new Step.Leave();
    }
    if (last.truce == null) {
      return new Step.Apply(Truce.first(now));
    }
    if (!now.isBefore(last.truce.end())) {
      return new Step.Apply(last.truce.next(now));
    }
    // An older sidecar, or one that somebody changed, carries the tunnels all the same.
    return workload.hasSidecar()
        ? new Step.Leave()
        : new Step.GiveUp(workload.lastWriter(), last.truce.end());
  }

  /** The same, after {@link Step.GiveUp}. */
  SidecarState givenUp() {
    return truce == null
        ? this
        : new SidecarState(
            uid, fields, managed, generation, new Truce(truce.from(), truce.length(), true));
  }
}
