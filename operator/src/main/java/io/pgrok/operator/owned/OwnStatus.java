package io.pgrok.operator.owned;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.pgrok.operator.Labels;
import io.pgrok.operator.status.StatusWrite;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Whether the operator has written the status of an object that is not its own. */
public final class OwnStatus {

  private OwnStatus() {}

  /** As the API server remembers it, also while no operator runs. */
  public static boolean isIn(HasMetadata object) {
    return !entries(object).isEmpty();
  }

  /** What has to be kept of an object's managed fields to know that. */
  public static List<ManagedFieldsEntry> entries(HasMetadata object) {
    return object.getMetadata().getManagedFields().stream()
        .filter(entry ->
            Labels.FIELD_MANAGER.equals(entry.getManager())
                && "status".equals(entry.getSubresource()))
        .toList();
  }

  /**
   * Writes it.
   *
   * @param spec what people say in an object of the kind
   */
  public static <P extends HasMetadata> UpdateControl<P> write(
      P patch, P read, Context<P> context, Function<P, ?> spec) {
    return StatusWrite.apply(
        patch,
        read,
        context,
        (after, before) ->
            !Objects.equals(spec.apply(after), spec.apply(before))
                || !Objects.equals(
                    after.getMetadata().getAnnotations(), before.getMetadata().getAnnotations()));
  }
}
