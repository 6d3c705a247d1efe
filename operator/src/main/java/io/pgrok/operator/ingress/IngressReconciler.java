package io.pgrok.operator.ingress;

import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.DeletionWatch;
import io.pgrok.operator.Labels;
import io.pgrok.operator.agent.RouteTable;
import io.pgrok.operator.agent.ServerConnection;
import io.pgrok.operator.owned.OwnStatus;
import io.pgrok.operator.owned.OwnedTunnelWatch;
import io.pgrok.operator.owned.OwnedTunnels;
import io.pgrok.operator.status.Events;
import io.quarkus.arc.lookup.LookupIfProperty;
import java.util.List;

/** Serves the Ingresses of our class by Tunnels, and says in their status where they are. */
@LookupIfProperty(name = "pgrok.ingress.enabled", stringValue = "true")
@ControllerConfiguration(
    name = "ingress",
    fieldManager = Labels.FIELD_MANAGER,
    generationAwareEventProcessing = false,
    informer =
        @Informer(
            onAddFilter = OurIngresses.Added.class,
            onUpdateFilter = OurIngresses.Updated.class,
            itemStore = OurIngresses.Pruned.class))
public class IngressReconciler implements Reconciler<Ingress> {

  /** Name of the IngressClass. */
  public static final String CLASS = "pgrok";

  private final OwnedTunnels owned;
  private final RouteTable table;

  IngressReconciler(KubernetesClient client, Events events, RouteTable table) {
    this.owned = new OwnedTunnels(client, events);
    this.table = table;
  }

  @Override
  public List<EventSource<?, Ingress>> prepareEventSources(EventSourceContext<Ingress> context) {
    return List.of(OwnedTunnelWatch.of(Ingress.class, context), new DeletionWatch<>(owned::gone));
  }

  @Override
  public UpdateControl<Ingress> reconcile(Ingress ingress, Context<Ingress> context) {
    var tunnels = context.getSecondaryResources(Tunnel.class);
    if (!IngressTunnels.isOurs(ingress) || ingress.isMarkedForDeletion()) {
      owned.release(ingress, tunnels);
      return OwnStatus.isIn(ingress)
          ? write(ingress, List.of(), context)
          : UpdateControl.noUpdate();
    }
    owned.keep(ingress, IngressTunnels.of(ingress), tunnels);
    var hostnames =
        IngressStatuses.hostnames(
            tunnels,
            tunnel ->
                table.serverOf(ResourceID.fromResource(tunnel)).map(ServerConnection::domain));
    return hostnames.equals(IngressStatuses.hostnames(ingress))
        ? UpdateControl.noUpdate()
        : write(ingress, hostnames, context);
  }

  private static UpdateControl<Ingress> write(
      Ingress ingress, List<String> hostnames, Context<Ingress> context) {
    return OwnStatus.write(
        IngressStatuses.patch(ingress, hostnames), ingress, context, Ingress::getSpec);
  }
}
