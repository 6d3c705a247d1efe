package io.pgrok.operator.sidecar;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the operator did to a workload last, and what that says about what it sees now. Pure.
 *
 * @param uid of the workload: one of the same name that is made anew has nothing of it
 * @param fields a hash of the fields that were applied
 * @param generation of the workload that came of it
 * @param restoredAt when the sidecar was applied again because someone had taken it away
 */
record SidecarState(String uid, String fields, long generation, @Nullable Instant restoredAt) {

  /** Someone who takes it away again within this time is a controller, not a slip. */
  static final Duration TRUCE = Duration.ofMinutes(10);

  /** What to do about a workload that should have a sidecar. */
  sealed interface Step {
    /** Everything is as applied, or the watch has not caught up with it yet. */
    record Leave() implements Step {}

    /** Apply the fields; {@code restoring} when someone took them away. */
    record Apply(boolean restoring) implements Step {}

    /** Someone keeps taking them away. */
    record GiveUp(String manager) implements Step {}
  }

  /**
   * @param last what was done before; null when nothing is known of it
   * @param wanted hash of the fields that should be applied
   */
  static Step next(@Nullable SidecarState last, Workload workload, String wanted, Instant now) {
    if (last == null || !last.uid.equals(workload.uid()) || !last.fields.equals(wanted)) {
      return new Step.Apply(false);
    }
    if (workload.hasSidecar() || workload.generation() < last.generation) {
      return new Step.Leave();
    }
    return last.restoredAt != null && now.isBefore(last.restoredAt.plus(TRUCE))
        ? new Step.GiveUp(workload.lastWriter())
        : new Step.Apply(true);
  }
}
