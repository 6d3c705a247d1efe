package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.report.AgentPods;
import java.util.HashSet;
import java.util.Set;

/** Tells {@link AgentPods} which pods there are. Tunnels hear of them by what they report. */
final class AgentPodWatch extends InformerEventSource<Pod, Tunnel> {

  private final AgentPods agents;

  AgentPodWatch(OperatorConfig config, EventSourceContext<Tunnel> context, AgentPods agents) {
    super(
        InformerEventSourceConfiguration.from(Pod.class, Tunnel.class)
            .withName("agent-pods")
            .withNamespaces(namespaces(config))
            .withLabelSelector(Labels.AGENT)
            .withSecondaryToPrimaryMapper(pod -> Set.of())
            .withPrimaryToSecondaryMapper((Tunnel tunnel) -> Set.of())
            .withItemStore(new TransformingItemStore<>(AgentPodWatch::nameOnly))
            .build(),
        context);
    this.agents = agents;
  }

  /** Sidecars are where Tunnels are, the shared agent beside the operator. */
  static Set<String> namespaces(OperatorConfig config) {
    return config
        .namespaces()
        .map(watched -> {
          var all = new HashSet<>(watched);
          all.add(config.namespace());
          return Set.copyOf(all);
        })
        .orElse(Constants.WATCH_ALL_NAMESPACE_SET);
  }

  @Override
  public void onAdd(Pod added) {
    super.onAdd(added);
    agents.observed(added);
  }

  @Override
  public void onUpdate(Pod before, Pod after) {
    super.onUpdate(before, after);
    agents.observed(after);
  }

  @Override
  public synchronized void onDelete(Pod deleted, boolean finalStateUnknown) {
    super.onDelete(deleted, finalStateUnknown);
    agents.gone(ResourceID.fromResource(deleted));
  }

  private static Pod nameOnly(Pod whole) {
    return new PodBuilder().withMetadata(NameOnly.of(whole)).build();
  }
}
