package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;
import java.util.Set;
import java.util.function.Function;

/** The Secrets that their owners let Tunnels use, by label; no other is ever read. */
final class TunnelSecretWatch {

  private TunnelSecretWatch() {}

  /**
   * @param naming the Tunnels that name a Secret: they are looked at when it changes
   */
  static InformerEventSource<Secret, Tunnel> of(
      EventSourceContext<Tunnel> context, Function<ResourceID, Set<ResourceID>> naming) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(Secret.class, Tunnel.class)
            .withName("tunnel-secrets")
            .withNamespacesInheritedFromController()
            .withLabelSelector(Labels.TUNNEL_SECRET + "=true")
            .withSecondaryToPrimaryMapper(secret -> naming.apply(ResourceID.fromResource(secret)))
            .withPrimaryToSecondaryMapper((Tunnel tunnel) -> Set.of())
            .build(),
        context);
  }
}
