package io.pgrok.operator.connection;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.Apply;
import io.pgrok.operator.Labels;
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

  ConnectionSecretReconciler(KubernetesClient client) {
    this.client = client;
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
