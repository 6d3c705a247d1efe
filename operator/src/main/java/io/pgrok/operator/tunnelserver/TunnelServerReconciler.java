package io.pgrok.operator.tunnelserver;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
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
import io.pgrok.crds.tunnelserver.TunnelServerStatus;
import io.pgrok.operator.DeletionWatch;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.agent.RouteTable;
import io.pgrok.operator.agent.ServerConnection;
import io.pgrok.operator.report.AgentPods;
import io.pgrok.operator.report.Triggers;
import io.pgrok.operator.status.Conditions;
import io.pgrok.operator.status.Events;
import io.pgrok.operator.status.Resolution;
import io.pgrok.operator.status.StatusWrite;
import io.pgrok.operator.status.Verdict;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells the route table how a server is reached, and its status whether agents reach it. */
@ControllerConfiguration(name = "tunnelserver", fieldManager = Labels.FIELD_MANAGER)
public class TunnelServerReconciler implements Reconciler<TunnelServer> {

  private static final String BY_SECRET = "by-secret";

  private final OperatorConfig config;
  private final RouteTable table;
  private final AgentPods agents;
  private final Triggers triggers;
  private final Events events;
  private final SigningKeys signingKeys;
  private final Clock clock;

  TunnelServerReconciler(
      OperatorConfig config,
      RouteTable table,
      AgentPods agents,
      Triggers triggers,
      Events events,
      SigningKeys signingKeys,
      Clock clock) {
    this.config = config;
    this.table = table;
    this.agents = agents;
    this.triggers = triggers;
    this.events = events;
    this.signingKeys = signingKeys;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, TunnelServer>> prepareEventSources(
      EventSourceContext<TunnelServer> context) {
    var servers = context.getPrimaryCache();
    servers.addIndexer(BY_SECRET, server -> secretOf(server).map(List::of).orElseGet(List::of));
    var secrets =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Secret.class, TunnelServer.class)
                .withName("server-secrets")
                .withNamespaces(config.namespace())
                .withLabelSelector(Labels.CONNECTION)
                .withSecondaryToPrimaryMapper(secret ->
                    servers.byIndex(BY_SECRET, secret.getMetadata().getName()).stream()
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet()))
                .withPrimaryToSecondaryMapper((TunnelServer server) ->
                    secretOf(server)
                        .map(name -> Set.of(new ResourceID(name, config.namespace())))
                        .orElseGet(Set::of))
                .build(),
            context);
    return List.of(
        secrets,
        triggers.serverSource(),
        new DeletionWatch<>(server -> table.removeServer(server.getName())));
  }

  @Override
  public UpdateControl<TunnelServer> reconcile(TunnelServer server, Context<TunnelServer> context) {
    String name = server.getMetadata().getName();
    var connection =
        Servers.connection(server, secret -> context.getSecondaryResource(Secret.class));
    return switch (connection) {
      case Resolution.Resolved<ServerConnection>(ServerConnection reached) -> {
        var settled = signingKeys.settle(reached, clock.instant());
        table.putServer(settled.server());
        if (context.getPrimaryCache().get(ResourceID.fromResource(server)).isEmpty()) {
          table.removeServer(name);
        }
        var verdict = ServerVerdict.of(reached.address(), agents.sessions(name));
        yield StatusWrite.later(report(server, verdict, context), settled.again());
      }
      case Resolution.Blocked<ServerConnection>(Verdict why) -> {
        table.removeServer(name);
        yield report(server, why, context);
      }
    };
  }

  private UpdateControl<TunnelServer> report(
      TunnelServer server, Verdict verdict, Context<TunnelServer> context) {
    var before = server.getStatus();
    List<Condition> conditions = before == null ? List.of() : before.conditions();
    long generation = server.getMetadata().getGeneration();
    var after =
        new TunnelServerStatus(generation, Conditions.of(conditions, verdict, generation, clock));
    if (after.equals(before)) {
      return UpdateControl.noUpdate();
    }
    var patch = new TunnelServer();
    patch.setMetadata(new ObjectMetaBuilder().withName(server.getMetadata().getName()).build());
    patch.setStatus(after);
    var control = StatusWrite.apply(patch, server, context);
    Conditions.news(conditions, after.conditions()).ifPresent(ready -> events.tell(server, ready));
    return control;
  }

  private static Optional<String> secretOf(TunnelServer server) {
    return Optional.ofNullable(server.getSpec())
        .flatMap(spec -> Optional.ofNullable(spec.connectionSecret()))
        .map(secret -> Objects.requireNonNull(secret.name()));
  }
}
