package io.pgrok.operator.agent;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.operator.Apply;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.name.DnsLabel;
import io.pgrok.operator.report.AgentPods;
import io.pgrok.operator.report.Triggers;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the Secrets of agents that run as Deployments: of the shared agent and of TunnelAgents.
 * One caller at a time per carrier.
 */
@ApplicationScoped
public class DeployedAgents {

  private static final Logger log = LoggerFactory.getLogger(DeployedAgents.class);

  private final KubernetesClient client;
  private final OperatorConfig config;
  private final RouteTable table;
  private final AgentPods pods;
  private final Triggers triggers;
  private final WrittenSecrets writtenSecrets;
  private final Clock clock;
  private final Map<Carrier.Named, OwnerReference> owners = new ConcurrentHashMap<>();
  private final Map<Carrier, AgentSecrets> secrets = new ConcurrentHashMap<>();

  DeployedAgents(
      KubernetesClient client,
      OperatorConfig config,
      RouteTable table,
      AgentPods pods,
      Triggers triggers,
      WrittenSecrets writtenSecrets,
      Clock clock) {
    this.client = client;
    this.config = config;
    this.table = table;
    this.pods = pods;
    this.triggers = triggers;
    this.writtenSecrets = writtenSecrets;
    this.clock = clock;
  }

  /** Name of a TunnelAgent's Deployment, with which those of its Secrets begin. */
  public static String objectName(String agent) {
    return "pgrok-" + labelOf(agent);
  }

  /** What a label can hold of a TunnelAgent's name: at most 63 characters. */
  public static String labelOf(String agent) {
    return DnsLabel.unique("TunnelAgent", agent);
  }

  /** The Secrets that the pods of a TunnelAgent mount. */
  public static List<String> secretNames(String agent) {
    return AgentSecrets.names(objectName(agent));
  }

  /** A TunnelAgent exists. */
  public void known(Carrier.Named carrier, OwnerReference owner) {
    if (!owner.equals(owners.put(carrier, owner))) {
      // Its Secrets went with the one of the same name before it.
      secrets.remove(carrier);
    }
  }

  /** The TunnelAgents that are known, whether or not they carry anything. */
  Set<Carrier.Named> known() {
    return Set.copyOf(owners.keySet());
  }

  /** A TunnelAgent is gone, and its Secrets with it. */
  public void gone(Carrier.Named carrier) {
    owners.remove(carrier);
    secrets.remove(carrier);
    secretNames(carrier.name())
        .forEach(secret -> writtenSecrets.forget(carrier.namespace(), secret));
  }

  /** Somebody changed or deleted one of a carrier's Secrets. */
  void lost(Carrier carrier, String secret) {
    var written = secrets.get(carrier);
    if (written != null) {
      written.lost(secret);
    }
  }

  /** Whether a tunnel is not carried because the agent's Secrets are full. */
  public boolean hasNoRoomFor(Carrier carrier, ResourceID tunnel) {
    var written = secrets.get(carrier);
    return written != null && written.left().contains(tunnel);
  }

  Instant publish(Carrier.Shared shared) {
    return publish(shared, config.namespace(), config.agent().secret(), Labels.SHARED, null);
  }

  Instant publish(Carrier.Named named) {
    var owner = owners.get(named);
    return owner == null
        ? Instant.MAX
        : publish(named, named.namespace(), objectName(named.name()), Labels.NAMED, owner);
  }

  /**
   * @return when it has to be done again for the sake of tokens
   */
  private Instant publish(
      Carrier carrier, String namespace, String name, String kind, @Nullable OwnerReference owner) {
    var written =
        secrets.computeIfAbsent(
            carrier,
            c ->
                new AgentSecrets(
                    name,
                    (secret, files) -> write(carrier, namespace, secret, kind, owner, files)));
    var routes = table.routesOf(carrier);
    var issued = Tokens.issue(carrier, table.serversOf(carrier), routes.values(), clock.instant());
    var leftBefore = written.left();
    pods.announce(carrier, written.write(issued.servers(), routes));
    var left = written.left();
    Stream.concat(leftBefore.stream(), left.stream())
        .filter(tunnel -> leftBefore.contains(tunnel) != left.contains(tunnel))
        .forEach(triggers::tunnel);
    return issued.renewAt();
  }

  private void write(
      Carrier carrier,
      String namespace,
      String name,
      String kind,
      @Nullable OwnerReference owner,
      Map<String, String> files) {
    var wanted =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .addToLabels(Labels.AGENT, kind)
            .addToLabels(Labels.MANAGED_BY, Labels.FIELD_MANAGER)
            .withOwnerReferences(owner == null ? List.of() : List.of(owner))
            .endMetadata()
            .withData(AgentConfigs.secretData(files))
            .build();
    writtenSecrets.writing(carrier, wanted);
    if (files.isEmpty()) {
      clear(wanted);
    } else {
      Apply.own(client, wanted);
    }
    log.info(
        "agents told namespace={} secret={} bytes={}", namespace, name, AgentConfigs.size(files));
  }

  /** Most agents have few tunnels: what holds none is emptied where it exists, and not made. */
  private void clear(Secret wanted) {
    var nothing = new HashMap<String, Object>();
    nothing.put("metadata", Map.of("labels", wanted.getMetadata().getLabels()));
    nothing.put("data", null);
    try {
      client
          .resource(wanted)
          .patch(
              new PatchContext.Builder()
                  .withPatchType(PatchType.JSON_MERGE)
                  .withFieldManager(Labels.FIELD_MANAGER)
                  .build(),
              client.getKubernetesSerialization().asJson(nothing));
    } catch (KubernetesClientException e) {
      if (e.getCode() != 404) {
        throw e;
      }
    }
  }
}
