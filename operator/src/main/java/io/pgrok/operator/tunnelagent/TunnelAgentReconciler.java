package io.pgrok.operator.tunnelagent;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import io.pgrok.crds.tunnelagent.TunnelAgent;
import io.pgrok.crds.tunnelagent.TunnelAgentStatus;
import io.pgrok.operator.Apply;
import io.pgrok.operator.DeletionWatch;
import io.pgrok.operator.Hash;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.Owner;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.agent.DeployedAgents;
import io.pgrok.operator.agent.Publisher;
import io.pgrok.operator.status.Conditions;
import io.pgrok.operator.status.Events;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.StatusWrite;
import io.pgrok.operator.status.Verdict;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keeps the Deployment of each TunnelAgent, and says in its status whether the agents run. */
@ControllerConfiguration(name = "tunnelagent", fieldManager = Labels.FIELD_MANAGER)
public class TunnelAgentReconciler implements Reconciler<TunnelAgent> {

  private final KubernetesClient client;
  private final OperatorConfig config;
  private final DeployedAgents agents;
  private final Publisher publisher;
  private final Events events;
  private final Clock clock;

  /** What was applied last, so that a report of the Deployment's status applies nothing. */
  private final Map<ResourceID, String> applied = new ConcurrentHashMap<>();

  TunnelAgentReconciler(
      KubernetesClient client,
      OperatorConfig config,
      DeployedAgents agents,
      Publisher publisher,
      Events events,
      Clock clock) {
    this.client = client;
    this.config = config;
    this.agents = agents;
    this.publisher = publisher;
    this.events = events;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, TunnelAgent>> prepareEventSources(
      EventSourceContext<TunnelAgent> context) {
    var deletions = new DeletionWatch<TunnelAgent>(this::gone);
    if (!config.sidecars().enabled()) {
      return List.of(deletions);
    }
    var deployments =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Deployment.class, TunnelAgent.class)
                .withName("agent-deployments")
                .withNamespacesInheritedFromController()
                .withLabelSelector(Labels.MANAGED_BY + "=" + Labels.FIELD_MANAGER)
                .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(TunnelAgent.class))
                .build(),
            context);
    return List.of(deployments, deletions);
  }

  private void gone(ResourceID id) {
    applied.remove(id);
    agents.gone(carrier(id));
  }

  @Override
  public UpdateControl<TunnelAgent> reconcile(TunnelAgent agent, Context<TunnelAgent> context) {
    if (!config.sidecars().enabled()) {
      return report(
          agent,
          null,
          new Verdict(
              Reason.SIDECARS_DISABLED,
              "this operator may not run anything in other namespaces; leave out spec.agent of"
                  + " Tunnels, so that the shared agent carries them"),
          context);
    }
    var id = ResourceID.fromResource(agent);
    agents.known(carrier(id), Owner.controller(agent));
    publisher.ask(carrier(id));
    var existing = context.getSecondaryResource(Deployment.class);
    try {
      apply(id, AgentDeployment.of(agent, config), existing);
    } catch (KubernetesClientException e) {
      if (e.getCode() != 422 && e.getCode() != 403) {
        throw e;
      }
      return report(agent, null, new Verdict(Reason.AGENT_REFUSED, Apply.refusal(e)), context);
    }
    return report(agent, existing.orElse(null), verdict(agent, existing), context);
  }

  /** Again, too, when somebody has deleted or changed the Deployment. */
  private void apply(ResourceID id, Deployment wanted, Optional<Deployment> existing) {
    String hash = Hash.of(String.valueOf(wanted), 16);
    String state =
        hash + existing.map(it -> it.getMetadata().getUid() + it.getMetadata().getGeneration());
    if (!state.equals(applied.get(id))) {
      var result = Apply.own(client, wanted);
      applied.put(
          id,
          hash + Optional.of(result.getMetadata().getUid() + result.getMetadata().getGeneration()));
    }
  }

  private static Verdict verdict(TunnelAgent agent, Optional<Deployment> deployment) {
    int available = available(deployment.orElse(null));
    int wanted = agent.getSpec().replicas();
    return available > 0 || wanted == 0
        ? new Verdict(Reason.AGENTS_AVAILABLE, "%d of %d agents run".formatted(available, wanted))
        : new Verdict(
            Reason.AGENT_NOT_READY,
            "none of %d agents runs (yet); look at Deployment %s"
                .formatted(wanted, DeployedAgents.objectName(agent.getMetadata().getName())));
  }

  private UpdateControl<TunnelAgent> report(
      TunnelAgent agent,
      @Nullable Deployment deployment,
      Verdict verdict,
      Context<TunnelAgent> context) {
    var before = agent.getStatus();
    List<Condition> conditions = before == null ? List.of() : before.conditions();
    long generation = agent.getMetadata().getGeneration();
    var after =
        new TunnelAgentStatus(
            deployment == null || deployment.getStatus() == null
                ? null
                : deployment.getStatus().getReplicas(),
            deployment == null ? null : available(deployment),
            generation,
            Conditions.of(conditions, verdict, generation, clock));
    if (after.equals(before)) {
      return UpdateControl.noUpdate();
    }
    var patch = new TunnelAgent();
    patch.setMetadata(Apply.identity(agent));
    patch.setStatus(after);
    var control = StatusWrite.apply(patch, agent, context);
    Conditions.news(conditions, after.conditions()).ifPresent(ready -> events.tell(agent, ready));
    return control;
  }

  private static int available(@Nullable Deployment deployment) {
    return deployment == null || deployment.getStatus() == null
        ? 0
        : Objects.requireNonNullElse(deployment.getStatus().getAvailableReplicas(), 0);
  }

  private static Carrier.Named carrier(ResourceID id) {
    return new Carrier.Named(id.getNamespace().orElse(""), id.getName());
  }
}
