package io.pgrok.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;

/** Server-side apply under the operator's own field manager. */
public final class Apply {

  private Apply() {}

  /**
   * Takes over whatever else manages the fields given: for objects that are the operator's own.
   *
   * @return the object as stored; its resourceVersion is the old one when nothing changed
   */
  public static <T extends HasMetadata> T own(KubernetesClient client, T fields) {
    return client.resource(fields).patch(context(true).build(), fields);
  }

  /**
   * Fails with a conflict (409) that names the other manager where one has set a field to another
   * value: for objects that belong to someone else.
   */
  public static <T extends HasMetadata> T guest(KubernetesClient client, T fields) {
    return client.resource(fields).patch(context(false).build(), fields);
  }

  /** What {@link #guest} would store, which nobody stores. */
  public static <T extends HasMetadata> T guestWould(KubernetesClient client, T fields) {
    return client.resource(fields).patch(context(false).withDryRun(List.of("All")).build(), fields);
  }

  /** Says which object it is, and nothing else: what is applied so takes back what we had said. */
  public static ObjectMeta identity(HasMetadata object) {
    return new ObjectMetaBuilder()
        .withNamespace(object.getMetadata().getNamespace())
        .withName(object.getMetadata().getName())
        .build();
  }

  /** What the API server said of something that it refused. */
  public static String refusal(KubernetesClientException e) {
    return e.getStatus() == null || e.getStatus().getMessage() == null
        ? String.valueOf(e.getMessage())
        : e.getStatus().getMessage();
  }

  private static PatchContext.Builder context(boolean force) {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager(Labels.FIELD_MANAGER)
        .withForce(force);
  }
}
