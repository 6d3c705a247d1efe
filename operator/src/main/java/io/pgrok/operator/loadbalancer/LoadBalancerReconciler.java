package io.pgrok.operator.loadbalancer;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.DeletionWatch;
import io.pgrok.operator.Labels;
import io.pgrok.operator.owned.OwnStatus;
import io.pgrok.operator.owned.OwnedTunnelWatch;
import io.pgrok.operator.owned.OwnedTunnels;
import io.pgrok.operator.status.Events;
import io.quarkus.arc.lookup.LookupIfProperty;
import java.util.List;

/** Serves the Services of our class by Tunnels, and says in their status where their ports are. */
@LookupIfProperty(name = "pgrok.load-balancer.enabled", stringValue = "true")
@ControllerConfiguration(
    name = "loadbalancer",
    fieldManager = Labels.FIELD_MANAGER,
    generationAwareEventProcessing = false,
    informer =
        @Informer(
            onAddFilter = OurServices.Added.class,
            onUpdateFilter = OurServices.Updated.class,
            itemStore = OurServices.Pruned.class))
public class LoadBalancerReconciler implements Reconciler<Service> {

  /** What {@code spec.loadBalancerClass} says. */
  public static final String CLASS = "pgrok.io/tunnel";

  private final OwnedTunnels owned;

  LoadBalancerReconciler(KubernetesClient client, Events events) {
    this.owned = new OwnedTunnels(client, events);
  }

  @Override
  public List<EventSource<?, Service>> prepareEventSources(EventSourceContext<Service> context) {
    return List.of(OwnedTunnelWatch.of(Service.class, context), new DeletionWatch<>(owned::gone));
  }

  @Override
  public UpdateControl<Service> reconcile(Service service, Context<Service> context) {
    var tunnels = context.getSecondaryResources(Tunnel.class);
    if (!PortTunnels.isOurs(service) || service.isMarkedForDeletion()) {
      owned.release(service, tunnels);
      return OwnStatus.isIn(service)
          ? write(service, List.of(), context)
          : UpdateControl.noUpdate();
    }
    owned.keep(service, PortTunnels.of(service, tunnels), tunnels);
    var entries = LoadBalancerStatuses.entries(tunnels);
    return entries.equals(LoadBalancerStatuses.entries(service))
        ? UpdateControl.noUpdate()
        : write(service, entries, context);
  }

  private static UpdateControl<Service> write(
      Service service, List<LoadBalancerIngress> entries, Context<Service> context) {
    return OwnStatus.write(
        LoadBalancerStatuses.patch(service, entries), service, context, Service::getSpec);
  }
}
