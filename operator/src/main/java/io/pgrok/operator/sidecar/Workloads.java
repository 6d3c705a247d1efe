package io.pgrok.operator.sidecar;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.WorkloadTarget.Kind;
import io.pgrok.operator.agent.Carrier;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/** The cluster's workloads, as watched. Thread-safe once the event sources are made. */
@ApplicationScoped
public class Workloads {

  private final Map<Kind, InformerEventSource<? extends HasMetadata, Tunnel>> sources =
      new EnumMap<>(Kind.class);

  /**
   * Makes the three watches.
   *
   * @param targeting the Tunnels that name a workload: they are looked at when it changes
   * @param onChange called with each workload that changed or went; must be quick
   */
  public List<InformerEventSource<? extends HasMetadata, Tunnel>> watch(
      EventSourceContext<Tunnel> context,
      Function<Carrier.Sidecar, Set<ResourceID>> targeting,
      Consumer<Carrier.Sidecar> onChange) {
    sources.put(Kind.DEPLOYMENT, source(Deployment.class, context, targeting, onChange));
    sources.put(Kind.STATEFUL_SET, source(StatefulSet.class, context, targeting, onChange));
    sources.put(Kind.DAEMON_SET, source(DaemonSet.class, context, targeting, onChange));
    return List.copyOf(sources.values());
  }

  /** Whether the watches, where there are any, have seen all workloads. */
  public boolean areKnown() {
    return sources.values().stream().allMatch(InformerEventSource::isRunning);
  }

  public Optional<Workload> get(Carrier.Sidecar key) {
    var source = sources.get(key.kind());
    return source == null
        ? Optional.empty()
        : source.get(new ResourceID(key.name(), key.namespace())).map(Workload::of);
  }

  /** Those whose pod template has a sidecar. */
  public Stream<Workload> withSidecar() {
    return sources.values().stream()
        .flatMap(source -> source.list().map(Workload::of))
        .filter(workload -> workload.hasSidecar() || workload.applied());
  }

  private static <W extends HasMetadata> InformerEventSource<W, Tunnel> source(
      Class<W> type,
      EventSourceContext<Tunnel> context,
      Function<Carrier.Sidecar, Set<ResourceID>> targeting,
      Consumer<Carrier.Sidecar> onChange) {
    var configuration =
        InformerEventSourceConfiguration.from(type, Tunnel.class)
            .withName("workload-" + type.getSimpleName())
            .withNamespacesInheritedFromController()
            .withSecondaryToPrimaryMapper(workload -> targeting.apply(Workload.key(workload)))
            .withPrimaryToSecondaryMapper((Tunnel tunnel) -> Set.of())
            .withItemStore(new TransformingItemStore<W>(Pruned::of))
            .build();
    return new InformerEventSource<>(configuration, context) {
      @Override
      public void onAdd(W added) {
        super.onAdd(added);
        onChange.accept(Workload.key(added));
      }

      @Override
      public void onUpdate(W before, W after) {
        super.onUpdate(before, after);
        onChange.accept(Workload.key(after));
      }

      @Override
      public synchronized void onDelete(W deleted, boolean finalStateUnknown) {
        super.onDelete(deleted, finalStateUnknown);
        onChange.accept(Workload.key(deleted));
      }
    };
  }
}
