package io.pgrok.operator.owned;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.pgrok.operator.Labels;
import java.util.List;

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
}
