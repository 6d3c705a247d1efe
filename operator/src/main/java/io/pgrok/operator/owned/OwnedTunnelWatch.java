package io.pgrok.operator.owned;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;

/** Has owners looked at when one of their Tunnels changes; at the start, too, for each there is. */
public final class OwnedTunnelWatch {

  private OwnedTunnelWatch() {}

  public static <O extends HasMetadata> EventSource<Tunnel, O> of(
      Class<O> owner, EventSourceContext<O> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(Tunnel.class, owner)
            .withName("owned-tunnels")
            .withNamespacesInheritedFromController()
            .withLabelSelector(Labels.MANAGED_BY + "=" + Labels.FIELD_MANAGER)
            .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(owner))
            .build(),
        context);
  }
}
