package io.pgrok.operator.tunnel;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.report.Triggers;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Has the rivals of a Tunnel looked at when it comes, goes or asks for another name: a name may be
 * theirs now, or no longer.
 */
final class RivalWatch extends AbstractEventSource<Void, Tunnel>
    implements ResourceEventAware<Tunnel> {

  private final Function<Tunnel, Stream<Tunnel>> rivals;
  private final Triggers triggers;

  RivalWatch(Function<Tunnel, Stream<Tunnel>> rivals, Triggers triggers) {
    super(Void.class, "rivals");
    this.rivals = rivals;
    this.triggers = triggers;
  }

  @Override
  public void onResourceCreated(Tunnel created) {
    trigger(created);
  }

  @Override
  public void onResourceUpdated(Tunnel after, Tunnel before) {
    if (WrittenByPeople.differ(after.getMetadata(), before.getMetadata())) {
      trigger(before);
      trigger(after);
    }
  }

  @Override
  public void onResourceDeleted(Tunnel deleted) {
    trigger(deleted);
  }

  @Override
  public Set<Void> getSecondaryResources(Tunnel primary) {
    return Set.of();
  }

  private void trigger(Tunnel changed) {
    if (changed.getSpec() == null) {
      return;
    }
    var self = ResourceID.fromResource(changed);
    rivals
        .apply(changed)
        .map(ResourceID::fromResource)
        .filter(rival -> !rival.equals(self))
        .forEach(triggers::tunnel);
  }
}
