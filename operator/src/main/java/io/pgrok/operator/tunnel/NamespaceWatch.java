package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import io.pgrok.crds.tunnel.Tunnel;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** The labels of namespaces, by which grants select them. */
final class NamespaceWatch {

  private NamespaceWatch() {}

  /**
   * @param inside the Tunnels of a namespace: they are looked at when its labels change
   */
  static InformerEventSource<Namespace, Tunnel> of(
      EventSourceContext<Tunnel> context, Function<String, Set<ResourceID>> inside) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(Namespace.class, Tunnel.class)
            .withName("namespaces")
            .withSecondaryToPrimaryMapper(
                namespace -> inside.apply(namespace.getMetadata().getName()))
            .withPrimaryToSecondaryMapper((Tunnel tunnel) -> Set.of())
            .withOnUpdateFilter((after, before) ->
                !Objects.equals(after.getMetadata().getLabels(), before.getMetadata().getLabels()))
            .withItemStore(new TransformingItemStore<>(NamespaceWatch::pruned))
            .build(),
        context);
  }

  private static Namespace pruned(Namespace whole) {
    return new NamespaceBuilder()
        .withNewMetadata()
        .withName(whole.getMetadata().getName())
        .withResourceVersion(whole.getMetadata().getResourceVersion())
        .withLabels(whole.getMetadata().getLabels())
        .endMetadata()
        .build();
  }
}
