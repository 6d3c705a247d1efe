package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelagent.TunnelAgent;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.agent.Publisher;
import io.pgrok.operator.agent.ServerConnection;
import io.pgrok.operator.agent.WrittenSecrets;
import io.pgrok.operator.name.Claims;
import io.pgrok.operator.report.AgentPods;
import io.pgrok.operator.report.Triggers;
import io.pgrok.operator.sidecar.Workloads;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Resolution;
import io.pgrok.operator.status.Verdict;
import io.pgrok.operator.tunnelserver.Servers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The watches behind {@link TunnelReconciler}: which Tunnels each change concerns, and the {@link
 * Cluster} as they see it. Caches hold what is asked for and no more.
 */
final class TunnelWatches implements Cluster {

  private static final String BY_SERVICE = "by-service";
  private static final String BY_WORKLOAD = "by-workload";
  private static final String BY_SERVER = "by-server";
  private static final String BY_NAME = "by-name";
  private static final String BY_SECRET = "by-secret";
  private static final String BY_NAMESPACE = "by-namespace";
  private static final String BY_AGENT = "by-agent";

  private final OperatorConfig config;
  private final Workloads workloads;
  private final IndexerResourceCache<Tunnel> tunnels;
  private final InformerEventSource<Service, Tunnel> services;
  private final InformerEventSource<TunnelServer, Tunnel> servers;
  private final InformerEventSource<Secret, Tunnel> secrets;
  private final InformerEventSource<EndpointSlice, Tunnel> endpoints;
  private final InformerEventSource<Namespace, Tunnel> namespaces;
  private final InformerEventSource<TunnelAgent, Tunnel> agents;
  private @Nullable InformerEventSource<Secret, Tunnel> tunnelSecrets;
  private final RivalWatch rivals;
  private final List<EventSource<?, Tunnel>> all = new ArrayList<>();

  TunnelWatches(
      OperatorConfig config,
      EventSourceContext<Tunnel> context,
      Workloads workloads,
      AgentPods agentPods,
      Triggers triggers,
      WrittenSecrets written,
      Publisher publisher) {
    this.config = config;
    this.workloads = workloads;
    this.tunnels = context.getPrimaryCache();
    tunnels.addIndexers(
        Map.of(
            BY_SERVICE, TunnelWatches::serviceKeys,
            BY_WORKLOAD, TunnelWatches::workloadKey,
            BY_SERVER, TunnelWatches::serverKey,
            BY_NAME, Claims::keys,
            BY_SECRET, TunnelWatches::secretKeys,
            BY_AGENT, TunnelWatches::agentKey,
            BY_NAMESPACE, tunnel -> List.of(tunnel.getMetadata().getNamespace())));
    services = services(context);
    servers = servers(context);
    secrets = secrets(context);
    endpoints = EndpointWatch.of(context, service -> tunnelsBy(BY_SERVICE, key(service)));
    namespaces = NamespaceWatch.of(context, namespace -> tunnelsBy(BY_NAMESPACE, namespace));
    agents = agents(context);
    all.addAll(List.of(services, endpoints, servers, secrets, namespaces, agents));
    all.add(new AgentPodWatch(config, context, agentPods));
    all.add(new AgentSecretWatch(config, context, written, publisher::restore));
    if (config.secrets().enabled()) {
      var source = TunnelSecretWatch.of(context, secret -> tunnelsBy(BY_SECRET, key(secret)));
      tunnelSecrets = source;
      all.add(source);
    }
    all.add(triggers.tunnelSource());
    rivals = new RivalWatch(this::concernedBy, triggers);
    all.add(rivals);
    if (config.sidecars().enabled()) {
      all.addAll(
          workloads.watch(
              context, workload -> tunnelsBy(BY_WORKLOAD, key(workload)), publisher::ask));
    }
  }

  List<EventSource<?, Tunnel>> all() {
    return List.copyOf(all);
  }

  /**
   * Does for a change whose event does not come what is done for others.
   *
   * @return whether people changed anything
   */
  boolean missed(Tunnel after, Tunnel before) {
    rivals.onResourceUpdated(after, before);
    return WrittenByPeople.differ(after.getMetadata(), before.getMetadata());
  }

  /** Every Tunnel and every TunnelServer; empty until the watches know them and all workloads. */
  Optional<Set<Object>> existing() {
    if (!(tunnels instanceof AbstractEventSource<?, ?> source && source.isRunning())
        || !servers.isRunning()
        || !workloads.areKnown()) {
      return Optional.empty();
    }
    var existing = new HashSet<Object>();
    tunnels.keys().forEach(existing::add);
    servers.keys().forEach(server -> existing.add(server.getName()));
    return Optional.of(existing);
  }

  @Override
  public Resolution<ServerConnection> server(@Nullable String name) {
    return Servers.pick(name, servers.list().toList()).then(this::connection);
  }

  private Resolution<ServerConnection> connection(TunnelServer server) {
    var connection =
        Servers.connection(
            server, secret -> secrets.get(new ResourceID(secret, config.namespace())));
    return switch (connection) {
      case Resolution.Resolved<ServerConnection> resolved -> resolved;
      case Resolution.Blocked<ServerConnection>(Verdict why) ->
          Resolution.blocked(
              Reason.SERVER_NOT_READY,
              "TunnelServer %s: %s".formatted(server.getMetadata().getName(), why.message()));
    };
  }

  @Override
  public Optional<Service> service(String namespace, String name) {
    return services.get(new ResourceID(name, namespace));
  }

  @Override
  public Endpoints endpoints(String namespace, String service) {
    return Endpoints.of(
        endpoints.byIndex(EndpointWatch.BY_SERVICE, key(new ResourceID(service, namespace))));
  }

  @Override
  public Optional<Secret> secret(String namespace, String name) {
    return tunnelSecrets == null
        ? Optional.empty()
        : tunnelSecrets.get(new ResourceID(name, namespace));
  }

  @Override
  public boolean secretsEnabled() {
    return config.secrets().enabled();
  }

  @Override
  public Map<String, String> namespaceLabels(String namespace) {
    return namespaces
        .get(new ResourceID(namespace))
        .map(found -> found.getMetadata().getLabels())
        .orElse(Map.of());
  }

  @Override
  public Stream<Tunnel> tunnelsIn(String namespace) {
    return tunnels.byIndex(BY_NAMESPACE, namespace).stream();
  }

  @Override
  public boolean exists(Carrier.Sidecar workload) {
    return workloads.get(workload).isPresent();
  }

  @Override
  public boolean exists(Carrier.Named agent) {
    return agents.get(new ResourceID(agent.name(), agent.namespace())).isPresent();
  }

  @Override
  public boolean sidecarsEnabled() {
    return config.sidecars().enabled();
  }

  @Override
  public Stream<Tunnel> possibleRivals(Tunnel tunnel) {
    return Claims.keys(tunnel).stream()
        .flatMap(key -> tunnels.byIndex(BY_NAME, key).stream())
        .filter(rival -> Claims.mayCollide(tunnel, rival))
        .distinct();
  }

  /** Whose name may be theirs when this Tunnel comes, goes or changes, and whose turn it may be. */
  private Stream<Tunnel> concernedBy(Tunnel changed) {
    if (!servers.isRunning()) {
      return Stream.empty(); // At the start, when each Tunnel is looked at anyway.
    }
    boolean counted =
        Servers.pick(changed.getSpec().server(), servers.list().toList())
                instanceof Resolution.Resolved<TunnelServer>(TunnelServer server)
            && Servers.countsTunnels(server);
    return counted
        ? Stream.concat(possibleRivals(changed), tunnelsIn(changed.getMetadata().getNamespace()))
        : possibleRivals(changed);
  }

  private InformerEventSource<Service, Tunnel> services(EventSourceContext<Tunnel> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(Service.class, Tunnel.class)
            .withName("services")
            .withNamespacesInheritedFromController()
            .withSecondaryToPrimaryMapper(
                service -> tunnelsBy(BY_SERVICE, key(ResourceID.fromResource(service))))
            .withPrimaryToSecondaryMapper((Tunnel tunnel) -> Set.of())
            .withItemStore(new TransformingItemStore<>(TunnelWatches::pruned))
            .build(),
        context);
  }

  private InformerEventSource<TunnelAgent, Tunnel> agents(EventSourceContext<Tunnel> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(TunnelAgent.class, Tunnel.class)
            .withName("agents")
            .withNamespacesInheritedFromController()
            .withSecondaryToPrimaryMapper(
                agent -> tunnelsBy(BY_AGENT, key(ResourceID.fromResource(agent))))
            .withPrimaryToSecondaryMapper((Tunnel tunnel) -> Set.of())
            .withOnUpdateFilter((after, before) -> false)
            .build(),
        context);
  }

  /** Status changes of a server do not concern its Tunnels: those listen to their agents. */
  private InformerEventSource<TunnelServer, Tunnel> servers(EventSourceContext<Tunnel> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(TunnelServer.class, Tunnel.class)
            .withName("servers")
            .withWatchAllNamespaces()
            .withSecondaryToPrimaryMapper(this::tunnelsOf)
            .withPrimaryToSecondaryMapper((Tunnel tunnel) -> Set.of())
            .withOnUpdateFilter((after, before) ->
                !Objects.equals(
                    after.getMetadata().getGeneration(), before.getMetadata().getGeneration()))
            .build(),
        context);
  }

  private InformerEventSource<Secret, Tunnel> secrets(EventSourceContext<Tunnel> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(Secret.class, Tunnel.class)
            .withName("connection-secrets")
            .withNamespaces(config.namespace())
            .withLabelSelector(Labels.CONNECTION)
            .withSecondaryToPrimaryMapper(secret ->
                servers
                    .list(server -> names(server, secret.getMetadata().getName()))
                    .flatMap(server -> tunnelsOf(server).stream())
                    .collect(Collectors.toSet()))
            .withPrimaryToSecondaryMapper((Tunnel tunnel) -> Set.of())
            .build(),
        context);
  }

  /**
   * Those that name the server, and those that name none: which is the default may have changed.
   */
  private Set<ResourceID> tunnelsOf(TunnelServer server) {
    var concerned = new HashSet<>(tunnelsBy(BY_SERVER, ""));
    concerned.addAll(tunnelsBy(BY_SERVER, server.getMetadata().getName()));
    return concerned;
  }

  private Set<ResourceID> tunnelsBy(String index, String key) {
    return tunnels.byIndex(index, key).stream()
        .map(ResourceID::fromResource)
        .collect(Collectors.toSet());
  }

  private static boolean names(TunnelServer server, String secret) {
    var spec = server.getSpec();
    return spec != null
        && spec.connectionSecret() != null
        && secret.equals(spec.connectionSecret().name());
  }

  private static List<String> agentKey(Tunnel tunnel) {
    return tunnel.getSpec() == null || tunnel.getSpec().agent() == null
        ? List.of()
        : List.of(
            key(new ResourceID(tunnel.getSpec().agent(), tunnel.getMetadata().getNamespace())));
  }

  private static List<String> serviceKeys(Tunnel tunnel) {
    String namespace = tunnel.getMetadata().getNamespace();
    return ServiceNames.of(tunnel).map(name -> key(new ResourceID(name, namespace))).toList();
  }

  private static List<String> workloadKey(Tunnel tunnel) {
    var target = tunnel.getSpec() == null ? null : tunnel.getSpec().workload();
    return target == null
        ? List.of()
        : List.of(
            key(
                new Carrier.Sidecar(
                    target.kind(), tunnel.getMetadata().getNamespace(), target.name())));
  }

  private static List<String> serverKey(Tunnel tunnel) {
    return tunnel.getSpec() == null
        ? List.of()
        : List.of(Objects.requireNonNullElse(tunnel.getSpec().server(), ""));
  }

  private static List<String> secretKeys(Tunnel tunnel) {
    String namespace = tunnel.getMetadata().getNamespace();
    return SecretNames.of(tunnel).map(name -> key(new ResourceID(name, namespace))).toList();
  }

  static String key(ResourceID id) {
    return id.getNamespace().orElse("") + "/" + id.getName();
  }

  private static String key(Carrier.Sidecar workload) {
    return workload.toString();
  }

  /** What {@link ServiceTargets} reads. */
  private static Service pruned(Service whole) {
    return new ServiceBuilder()
        .withMetadata(NameOnly.of(whole))
        .withNewSpec()
        .withType(whole.getSpec().getType())
        .withClusterIP(whole.getSpec().getClusterIP())
        .withPorts(whole.getSpec().getPorts())
        .endSpec()
        .build();
  }
}
