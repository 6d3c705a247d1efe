package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

/** What a watch keeps of each object at least, where most of it would only take memory. */
final class NameOnly {

  private NameOnly() {}

  /** Which object it is, and of which version. */
  static ObjectMeta of(HasMetadata whole) {
    return new ObjectMetaBuilder()
        .withNamespace(whole.getMetadata().getNamespace())
        .withName(whole.getMetadata().getName())
        .withResourceVersion(whole.getMetadata().getResourceVersion())
        .build();
  }
}
