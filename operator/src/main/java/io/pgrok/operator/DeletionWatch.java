package io.pgrok.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Hears of primary resources that are gone, without a finalizer. (The extension's build drops
 * {@code triggerReconcilerOnAllEvents}, which would call the reconciler instead.)
 *
 * <p>A reconciliation that is under way with the last state of the resource may end after this was
 * told: it has to look whether the resource still exists once it has stored something of it.
 */
public final class DeletionWatch<P extends HasMetadata> extends AbstractEventSource<Void, P>
    implements ResourceEventAware<P> {

  private final Consumer<ResourceID> onDeleted;

  /**
   * @param onDeleted called on the watch's thread after the cache has dropped the resource; must be
   *     quick
   */
  public DeletionWatch(Consumer<ResourceID> onDeleted) {
    super(Void.class, "deletions");
    this.onDeleted = onDeleted;
  }

  @Override
  public void onResourceDeleted(P deleted) {
    onDeleted.accept(ResourceID.fromResource(deleted));
  }

  @Override
  public Set<Void> getSecondaryResources(P primary) {
    return Set.of();
  }
}
