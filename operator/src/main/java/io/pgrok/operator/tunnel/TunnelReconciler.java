package io.pgrok.operator.tunnel;

import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.TunnelStatus;
import io.pgrok.operator.Apply;
import io.pgrok.operator.DeletionWatch;
import io.pgrok.operator.Labels;
import io.pgrok.operator.Leadership;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.agent.AgentConfigs;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.agent.DeployedAgents;
import io.pgrok.operator.agent.Publisher;
import io.pgrok.operator.agent.Route;
import io.pgrok.operator.agent.RouteTable;
import io.pgrok.operator.agent.Shown;
import io.pgrok.operator.agent.WrittenSecrets;
import io.pgrok.operator.lifetime.Lifetime;
import io.pgrok.operator.probe.Prober;
import io.pgrok.operator.report.AgentPods;
import io.pgrok.operator.report.Registration;
import io.pgrok.operator.report.Triggers;
import io.pgrok.operator.sidecar.Sidecars;
import io.pgrok.operator.sidecar.Workloads;
import io.pgrok.operator.status.Census;
import io.pgrok.operator.status.Conditions;
import io.pgrok.operator.status.Events;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Resolution;
import io.pgrok.operator.status.StatusWrite;
import io.pgrok.operator.status.Verdict;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts a Tunnel's route into the table, and what became of it into the Tunnel's status. */
@ControllerConfiguration(
    name = "tunnel",
    fieldManager = Labels.FIELD_MANAGER,
    generationAwareEventProcessing = false,
    informer = @Informer(onUpdateFilter = WrittenByPeople.class))
public class TunnelReconciler implements Reconciler<Tunnel> {

  private static final Verdict FULL =
      new Verdict(
          Reason.AGENT_FULL,
          "the agent's Secret for it is full (1 MiB); remove Tunnels that are not needed, give it a"
              + " TunnelAgent of its own, or expose the workload instead of the Service");

  private final OperatorConfig config;
  private final Leadership leadership;
  private final RouteTable table;
  private final Publisher publisher;
  private final AgentPods agents;
  private final Workloads workloads;
  private final DeployedAgents deployed;
  private final WrittenSecrets written;
  private final ShareKeys shareKeys;
  private final Sidecars sidecars;
  private final Triggers triggers;
  private final Events events;
  private final Census census;
  private final Prober prober;
  private final Clock clock;
  private final Haste haste;
  private @Nullable TunnelWatches watches;
  private @Nullable TunnelResolver resolver;

  TunnelReconciler(
      OperatorConfig config,
      Leadership leadership,
      RouteTable table,
      Publisher publisher,
      AgentPods agents,
      Workloads workloads,
      DeployedAgents deployed,
      WrittenSecrets written,
      ShareKeys shareKeys,
      Sidecars sidecars,
      Triggers triggers,
      Events events,
      Census census,
      Prober prober,
      Clock clock) {
    this.config = config;
    this.leadership = leadership;
    this.table = table;
    this.publisher = publisher;
    this.agents = agents;
    this.workloads = workloads;
    this.deployed = deployed;
    this.written = written;
    this.shareKeys = shareKeys;
    this.sidecars = sidecars;
    this.triggers = triggers;
    this.events = events;
    this.census = census;
    this.prober = prober;
    this.clock = clock;
    this.haste = new Haste(clock);
  }

  @Override
  public List<EventSource<?, Tunnel>> prepareEventSources(EventSourceContext<Tunnel> context) {
    var watches =
        new TunnelWatches(config, context, workloads, agents, triggers, written, publisher);
    this.watches = watches;
    resolver = new TunnelResolver(watches);
    table.completeWith(() -> leadership.isHeld() ? watches.existing() : Optional.empty());
    var sources = new ArrayList<>(watches.all());
    sources.add(new DeletionWatch<>(this::gone));
    return sources;
  }

  private void gone(ResourceID tunnel) {
    table.remove(tunnel);
    haste.end(tunnel);
    census.remove(tunnel);
    prober.forget(tunnel);
  }

  @Override
  public UpdateControl<Tunnel> reconcile(Tunnel tunnel, Context<Tunnel> context) {
    var id = ResourceID.fromResource(tunnel);
    if (tunnel.isMarkedForDeletion()) {
      gone(id);
      return UpdateControl.noUpdate();
    }
    var lifetime = lifetime(tunnel, id);
    try {
      return StatusWrite.later(reconcile(tunnel, id, lifetime, context), lifetime.lookAgain());
    } finally {
      // It may have gone meanwhile: what was just said of it would stay.
      if (context.getPrimaryCache().get(id).isEmpty()) {
        gone(id);
      }
    }
  }

  private UpdateControl<Tunnel> reconcile(
      Tunnel tunnel, ResourceID id, Lifetime lifetime, Context<Tunnel> context) {
    return switch (resolve(tunnel, lifetime)) {
      case Resolution.Resolved<Route>(Route route) -> {
        if (table.put(id, route)) {
          haste.begin(id);
        }
        var status = status(tunnel, id, lifetime, route);
        var later = status.flatMap(it -> haste.holdsBack(id, it));
        yield later.isPresent()
            ? UpdateControl.<Tunnel>noUpdate().rescheduleAfter(later.get())
            : report(tunnel, status, context);
      }
      case Resolution.Blocked<Route>(Verdict why) -> {
        withdraw(tunnel, id);
        prober.forget(id);
        yield report(
            tunnel, Optional.of(TunnelStatuses.blocked(tunnel, lifetime, why, clock)), context);
      }
    };
  }

  private void withdraw(Tunnel tunnel, ResourceID id) {
    var workload = tunnel.getSpec().workload();
    if (workload == null) {
      table.remove(id);
    } else {
      table.await(
          id,
          new Carrier.Sidecar(
              workload.kind(), tunnel.getMetadata().getNamespace(), workload.name()));
    }
  }

  /** Agents are asked only where it matters. */
  private Lifetime lifetime(Tunnel tunnel, ResourceID id) {
    Optional<Instant> lastVisit =
        tunnel.getSpec().idleAfter() == null
            ? Optional.empty()
            : table
                .routeOf(id)
                .flatMap(route ->
                    agents.lastVisit(route.carrier(), route.server(), AgentConfigs.tunnelKey(id)));
    return Lifetime.of(tunnel, lastVisit, clock.instant());
  }

  private Resolution<Route> resolve(Tunnel tunnel, Lifetime lifetime) {
    return TunnelStatuses.closed(tunnel, lifetime)
        .or(() -> shareKeys.ensure(tunnel, Objects.requireNonNull(watches)))
        .<Resolution<Route>>map(Resolution.Blocked::new)
        .orElseGet(() -> Objects.requireNonNull(resolver).resolve(tunnel));
  }

  private Optional<TunnelStatus> status(
      Tunnel tunnel, ResourceID id, Lifetime lifetime, Route route) {
    if (route.carrier() instanceof Carrier.Sidecar sidecar) {
      var problem = sidecars.problem(sidecar);
      if (problem.isPresent()) {
        return Optional.of(TunnelStatuses.blocked(tunnel, lifetime, problem.get(), clock));
      }
    }
    var links = agents.links(route.carrier());
    if (links.isEmpty() && route.carrier() instanceof Carrier.Sidecar sidecar) {
      var why = sidecars.heldBack(sidecar);
      if (why.isPresent()) {
        return Optional.of(TunnelStatuses.blocked(tunnel, lifetime, why.get(), clock));
      }
    }
    if (deployed.hasNoRoomFor(route.carrier(), id)) {
      return Optional.of(TunnelStatuses.blocked(tunnel, lifetime, FULL, clock));
    }
    var registration =
        Registration.of(links, route.server(), AgentConfigs.tunnelKey(id), route.revision());
    return TunnelStatuses.reported(
            tunnel,
            lifetime,
            route.server(),
            registration,
            Objects.requireNonNull(resolver).unserved(tunnel),
            clock)
        .map(status -> CertificateCondition.on(tunnel, status, route.shown(), clock))
        .map(status -> probed(tunnel, id, route, status));
  }

  private TunnelStatus probed(Tunnel tunnel, ResourceID id, Route route, TunnelStatus status) {
    String url = status.url();
    if (url == null || !url.startsWith("http")) {
      prober.forget(id);
      return status;
    }
    prober.watch(id, URI.create(url), authorities(route));
    return ReachableCondition.on(tunnel, status, prober.result(id), clock);
  }

  /** Of the server, and of a certificate of the Tunnel's own; null for the well-known ones. */
  private @Nullable String authorities(Route route) {
    String all =
        Stream.concat(
                table.authorityOf(route.server()).stream(),
                route.shown() instanceof Shown.Own own
                    ? Stream.ofNullable(own.authority())
                    : Stream.empty())
            .collect(Collectors.joining("\n"));
    return all.isEmpty() ? null : all;
  }

  private UpdateControl<Tunnel> report(
      Tunnel tunnel, Optional<TunnelStatus> status, Context<Tunnel> context) {
    census.put(
        ResourceID.fromResource(tunnel),
        status.map(TunnelStatus::conditions).orElseGet(() -> TunnelStatuses.conditions(tunnel)));
    if (status.isEmpty() || status.get().equals(tunnel.getStatus())) {
      return UpdateControl.noUpdate();
    }
    var before = TunnelStatuses.conditions(tunnel);
    var after = status.get().conditions();
    var patch = new Tunnel();
    patch.setMetadata(Apply.identity(tunnel));
    patch.setStatus(status.get());
    var control =
        StatusWrite.apply(patch, tunnel, context, Objects.requireNonNull(watches)::missed);
    Conditions.news(before, after).ifPresent(ready -> events.tell(tunnel, ready));
    Conditions.warning(before, after).ifPresent(soon -> events.warn(tunnel, soon));
    Conditions.failure(before, after, CertificateCondition.TYPE)
        .ifPresent(why -> events.warn(tunnel, why));
    return control;
  }
}
