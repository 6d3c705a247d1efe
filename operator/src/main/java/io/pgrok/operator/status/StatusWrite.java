package io.pgrok.operator.status;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Writes the status of a primary resource, as {@code UpdateControl.patchStatus} does, and loses no
 * change that somebody makes meanwhile. The SDK knows that what it has written is newer than such a
 * change and drops its event, although nobody has reconciled it.
 */
public final class StatusWrite {

  private StatusWrite() {}

  /**
   * @param patch the resource's identity and its status
   * @param read what was reconciled
   * @param isNews whether what is stored now (first) is news to who read the other
   * @return has the resource reconciled again when there was news
   */
  public static <P extends HasMetadata> UpdateControl<P> apply(
      P patch, P read, Context<P> context, BiPredicate<P, P> isNews) {
    patch.getMetadata().setManagedFields(null);
    P stored = context.resourceOperations().serverSideApplyPrimaryStatus(patch);
    UpdateControl<P> control = UpdateControl.noUpdate();
    return isNews.test(stored, read) ? control.reschedule() : control;
  }

  /**
   * Has the resource reconciled again after a while, unless {@link #apply} has found it worth doing
   * at once.
   *
   * @param after empty for never
   */
  public static <P extends HasMetadata> UpdateControl<P> later(
      UpdateControl<P> control, Optional<Duration> after) {
    return control.getScheduleDelay().isPresent()
        ? control
        : after.map(control::rescheduleAfter).orElse(control);
  }

  /** For resources whose generation counts what people change. */
  public static <P extends HasMetadata> UpdateControl<P> apply(
      P patch, P read, Context<P> context) {
    return apply(
        patch,
        read,
        context,
        (after, before) ->
            !Objects.equals(
                after.getMetadata().getGeneration(), before.getMetadata().getGeneration()));
  }
}
