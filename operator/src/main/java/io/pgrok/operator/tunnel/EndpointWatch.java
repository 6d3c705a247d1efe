package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import io.pgrok.crds.tunnel.Tunnel;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Where Services lead, of which no more is kept than {@link Endpoints} reads. */
final class EndpointWatch {

  static final String BY_SERVICE = "slices-by-service";

  private static final String SERVICE = "kubernetes.io/service-name";

  private EndpointWatch() {}

  /**
   * @param targeting the Tunnels that name a Service: they are looked at when it leads elsewhere
   */
  static InformerEventSource<EndpointSlice, Tunnel> of(
      EventSourceContext<Tunnel> context, Function<ResourceID, Set<ResourceID>> targeting) {
    var source =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(EndpointSlice.class, Tunnel.class)
                .withName("endpoints")
                .withNamespacesInheritedFromController()
                .withLabelSelector(SERVICE)
                .withSecondaryToPrimaryMapper(
                    slice -> service(slice).map(targeting).orElseGet(Set::of))
                .withPrimaryToSecondaryMapper((Tunnel tunnel) -> Set.of())
                .withOnUpdateFilter((after, before) ->
                    !Objects.equals(pruned(after).getEndpoints(), pruned(before).getEndpoints()))
                .withItemStore(new TransformingItemStore<>(EndpointWatch::pruned))
                .build(),
            context);
    source.addIndexers(
        Map.of(
            BY_SERVICE,
            slice -> service(slice).map(TunnelWatches::key).map(List::of).orElseGet(List::of)));
    return source;
  }

  private static Optional<ResourceID> service(EndpointSlice slice) {
    var metadata = slice.getMetadata();
    return Optional.ofNullable(metadata.getLabels())
        .map(labels -> labels.get(SERVICE))
        .map(name -> new ResourceID(name, metadata.getNamespace()));
  }

  private static EndpointSlice pruned(EndpointSlice whole) {
    var metadata = whole.getMetadata();
    return new EndpointSliceBuilder()
        .withNewMetadata()
        .withNamespace(metadata.getNamespace())
        .withName(metadata.getName())
        .withResourceVersion(metadata.getResourceVersion())
        .addToLabels(SERVICE, service(whole).map(ResourceID::getName).orElse(""))
        .endMetadata()
        .withEndpoints(
            Endpoints.essence(Objects.requireNonNullElse(whole.getEndpoints(), List.of())))
        .build();
  }
}
