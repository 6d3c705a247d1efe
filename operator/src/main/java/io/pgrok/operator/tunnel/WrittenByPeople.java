package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.pgrok.crds.tunnel.Tunnel;
import java.util.Objects;

/**
 * Lets through what people change of a Tunnel: its spec, and the labels and annotations that
 * templates and extensions read. What the operator writes itself, the status, is no news to it.
 */
public final class WrittenByPeople implements OnUpdateFilter<Tunnel> {

  @Override
  public boolean accept(Tunnel after, Tunnel before) {
    return differ(after.getMetadata(), before.getMetadata());
  }

  /** Whether people changed anything that matters. */
  static boolean differ(ObjectMeta a, ObjectMeta b) {
    return !Objects.equals(a.getGeneration(), b.getGeneration())
        || !Objects.equals(a.getLabels(), b.getLabels())
        || !Objects.equals(a.getAnnotations(), b.getAnnotations())
        || !Objects.equals(a.getDeletionTimestamp(), b.getDeletionTimestamp());
  }
}
