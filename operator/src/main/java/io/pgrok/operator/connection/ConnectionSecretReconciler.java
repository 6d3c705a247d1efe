package io.pgrok.operator.connection;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.Apply;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a TunnelServer for each connection Secret of the operator's namespace. A Secret that goes
 * leaves its TunnelServer, whose condition then says what is missing: Tunnels name it.
 */
@ControllerConfiguration(
    name = "connection",
    informer = @Informer(labelSelector = Labels.CONNECTION + "=true"))
public class ConnectionSecretReconciler implements Reconciler<Secret> {

  private static final Logger log = LoggerFactory.getLogger(ConnectionSecretReconciler.class);

  private final KubernetesClient client;
  private final OperatorConfig config;

  ConnectionSecretReconciler(KubernetesClient client, OperatorConfig config) {
    this.client = client;
    this.config = config;
  }

  /** Looks at a Secret again whose TunnelServer somebody deletes. */
  @Override
  public List<EventSource<?, Secret>> prepareEventSources(EventSourceContext<Secret> context) {
    return List.of(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(TunnelServer.class, Secret.class)
                .withName("discovered-servers")
                .withWatchAllNamespaces()
                .withLabelSelector(Labels.MANAGED_BY + "=" + Labels.FIELD_MANAGER)
                .withSecondaryToPrimaryMapper(this::secretOf)
                .withPrimaryToSecondaryMapper((Secret secret) -> Set.of())
                .withOnAddFilter(server -> false)
                .withOnUpdateFilter((after, before) -> false)
                .build(),
            context));
  }

  private Set<ResourceID> secretOf(TunnelServer server) {
    var reference = server.getSpec() == null ? null : server.getSpec().connectionSecret();
    return reference == null
        ? Set.of()
        : Set.of(new ResourceID(reference.name(), config.namespace()));
  }

  @Override
  public UpdateControl<Secret> reconcile(Secret secret, Context<Secret> context) {
    String name = secret.getMetadata().getName();
    var wanted = DiscoveredServer.of(secret);
    if (wanted.isEmpty()) {
      log.warn("connection secret lacks address or domain secret={}", name);
      return UpdateControl.noUpdate();
    }
    var existing =
        client.resources(TunnelServer.class).withName(DiscoveredServer.name(secret)).get();
    if (existing != null && !DiscoveredServer.isManaged(existing)) {
      log.info(
          "connection secret left aside: the tunnelserver was written by someone else secret={}"
              + " tunnelserver={}",
          name,
          existing.getMetadata().getName());
      return UpdateControl.noUpdate();
    }
    try {
      var server = Apply.own(client, wanted.get());
      log.info("tunnelserver kept secret={} tunnelserver={}", name, server.getMetadata().getName());
    } catch (KubernetesClientException e) {
      if (e.getCode() != 422) {
        throw e;
      }
      log.warn("connection secret refused secret={} error={}", name, e.getMessage());
    }
    return UpdateControl.noUpdate();
  }
}
