package io.pgrok.operator.tunnel;

import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.ServiceTarget;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.TunnelSpec;
import io.pgrok.crds.tunnel.WorkloadTarget;
import io.pgrok.operator.Hash;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.agent.Route;
import io.pgrok.operator.agent.ServerConnection;
import io.pgrok.operator.agent.Shown;
import io.pgrok.operator.name.PublicName;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Resolution;
import io.pgrok.operator.status.Verdict;
import io.pgrok.protocol.agent.AgentConfig.CertificateConfig;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import io.pgrok.protocol.agent.AgentConfig.UpstreamConfig;
import io.pgrok.protocol.grant.Grant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** From Tunnel to Route: server, name, target, Secrets. Pure, given the {@link Cluster}. */
final class TunnelResolver {

  private final Cluster cluster;
  private final Claim claim;

  TunnelResolver(Cluster cluster) {
    this.cluster = cluster;
    this.claim = new Claim(cluster);
  }

  Resolution<Route> resolve(Tunnel tunnel) {
    var secrets = new SecretReader(cluster, tunnel.getMetadata().getNamespace());
    return cluster
        .server(tunnel.getSpec().server())
        .then(server ->
            claim
                .of(tunnel, server)
                .then(grant ->
                    targets(tunnel)
                        .then(targets ->
                            config(tunnel, server, targets, secrets)
                                .then(config ->
                                    Resolution.of(
                                        route(tunnel, server, grant, targets, config, secrets))))));
  }

  /** What keeps visitors of a registered tunnel from being served, or some of them. */
  Optional<Verdict> unserved(Tunnel tunnel) {
    return Targets.missing(tunnel.getSpec(), service -> service(tunnel, service))
        .or(() -> notReady(tunnel))
        .map(why -> new Verdict(why.reason(), "it is registered, but " + why.message()));
  }

  private Optional<Verdict> notReady(Tunnel tunnel) {
    String namespace = tunnel.getMetadata().getNamespace();
    var spec = tunnel.getSpec();
    var main =
        Stream.ofNullable(spec.service())
            .flatMap(service -> notReady(namespace, service.name()).stream());
    var paths =
        Stream.ofNullable(spec.paths())
            .flatMap(List::stream)
            .flatMap(path ->
                notReady(namespace, path.service().name())
                    .map(why -> "path %s is answered 502: %s".formatted(path.path(), why))
                    .stream());
    return Stream.concat(main, paths)
        .findFirst()
        .map(why -> new Verdict(Reason.NO_READY_ENDPOINTS, why));
  }

  private Optional<String> notReady(String namespace, String service) {
    return cluster.service(namespace, service).isEmpty()
            || cluster.endpoints(namespace, service).ready()
        ? Optional.empty()
        : Optional.of("Service %s has no ready endpoints".formatted(service));
  }

  private Resolution<Targets> targets(Tunnel tunnel) {
    var spec = tunnel.getSpec();
    if (spec.workload() != null) {
      return workload(tunnel.getMetadata().getNamespace(), spec.workload())
          .then(target -> Resolution.of(new Targets(target, List.of())));
    }
    if (spec.service() == null && spec.paths() == null) {
      return Resolution.blocked(Reason.INVALID_TARGET, "set service or workload");
    }
    return Targets.of(spec, service -> service(tunnel, service));
  }

  private Resolution<Target> service(Tunnel tunnel, ServiceTarget wanted) {
    return service(tunnel.getMetadata().getNamespace(), wanted)
        .then(target -> carried(tunnel, target));
  }

  private Resolution<Target> service(String namespace, ServiceTarget wanted) {
    var service = cluster.service(namespace, wanted.name());
    if (service.isEmpty()) {
      return Resolution.blocked(
          Reason.SERVICE_NOT_FOUND,
          "namespace %s has no Service %s (yet)".formatted(namespace, wanted.name()));
    }
    return cluster
        .endpoints(namespace, wanted.name())
        .forbidden()
        .<Resolution<Target>>map(address ->
            Resolution.blocked(
                Reason.INVALID_TARGET,
                "Service %s leads to %s, which is no address of a pod"
                    .formatted(wanted.name(), address)))
        .orElseGet(() -> ServiceTargets.resolve(wanted, service.get()));
  }

  /** Who carries a Service's tunnel. */
  private Resolution<Target> carried(Tunnel tunnel, Target target) {
    String agent = tunnel.getSpec().agent();
    if (agent == null) {
      return Resolution.of(target);
    }
    if (!cluster.sidecarsEnabled()) {
      return Resolution.blocked(
          Reason.SIDECARS_DISABLED,
          "this operator may not run agents in other namespaces; leave agent out, so that the"
              + " shared agent carries the tunnel");
    }
    String namespace = tunnel.getMetadata().getNamespace();
    var carrier = new Carrier.Named(namespace, agent);
    return cluster.exists(carrier)
        ? Resolution.of(new Target(carrier, target.address(), target.appProtocol()))
        : Resolution.blocked(
            Reason.AGENT_NOT_FOUND,
            "namespace %s has no TunnelAgent %s (yet)".formatted(namespace, agent));
  }

  private Resolution<Target> workload(String namespace, WorkloadTarget wanted) {
    if (!cluster.sidecarsEnabled()) {
      return Resolution.blocked(
          Reason.SIDECARS_DISABLED,
          "this operator may not add sidecars; expose a Service instead of a workload");
    }
    var carrier = new Carrier.Sidecar(wanted.kind(), namespace, wanted.name());
    return cluster.exists(carrier)
        ? Resolution.of(new Target(carrier, "127.0.0.1:" + wanted.port(), null))
        : Resolution.blocked(
            Reason.WORKLOAD_NOT_FOUND,
            "namespace %s has no %s %s (yet)"
                .formatted(namespace, wanted.kind().kubernetesKind(), wanted.name()));
  }

  /** What the agent is told, and what people are told of it. */
  private record Told(TunnelConfig config, Shown shown) {}

  private static Resolution<Told> config(
      Tunnel tunnel, ServerConnection server, Targets targets, SecretReader secrets) {
    return Demands.of(tunnel, secrets)
        .then(demands ->
            Upstream.of(tunnel.getSpec(), secrets)
                .then(upstream ->
                    subdomain(tunnel)
                        .then(subdomain -> {
                          var certificate = certificate(tunnel, server, secrets);
                          return Resolution.of(
                              new Told(
                                  config(
                                      tunnel.getSpec(),
                                      subdomain.orElse(null),
                                      targets,
                                      demands,
                                      upstream.orElse(null),
                                      certificate.config()),
                                  certificate.shown()));
                        })));
  }

  private static Certificate certificate(
      Tunnel tunnel, ServerConnection server, SecretReader secrets) {
    String host =
        PublicName.of(tunnel, server.name(), server.domain()).map(PublicName::text).orElse("");
    return Certificate.of(tunnel, host, secrets);
  }

  private static TunnelConfig config(
      TunnelSpec spec,
      @Nullable String subdomain,
      Targets targets,
      Demands demands,
      @Nullable UpstreamConfig upstream,
      @Nullable CertificateConfig certificate) {
    return new TunnelConfig(
        subdomain,
        spec.hostname(),
        Map.of(wireProtocol(spec.protocol()), targets.main().spokenTo(spec)),
        demands.auth(),
        spec.remotePort(),
        demands.rules(),
        upstream,
        spec.inspect(),
        targets.routes(),
        certificate,
        null);
  }

  private static Resolution<Optional<String>> subdomain(Tunnel tunnel) {
    var spec = tunnel.getSpec();
    return spec.protocol() == Protocol.TCP || spec.hostname() != null
        ? Resolution.of(Optional.empty())
        : PublicName.subdomain(tunnel).then(label -> Resolution.of(Optional.of(label)));
  }

  private static Route route(
      Tunnel tunnel,
      ServerConnection server,
      Grant grant,
      Targets targets,
      Told told,
      SecretReader secrets) {
    String revision = revision(tunnel.getSpec(), told.config(), secrets.versions());
    return new Route(
        server.name(),
        targets.main().carrier(),
        grant,
        told.config().withRevision(revision),
        told.shown());
  }

  /** An http tunnel is served over HTTPS too, where the server listens for it. */
  private static String wireProtocol(Protocol protocol) {
    return switch (protocol) {
      case HTTP -> "http+https";
      case HTTPS -> "https";
      case TCP -> "tcp";
      case TLS -> "tls";
    };
  }

  /**
   * Changes with whatever the agent is told. Of Secrets only their versions: agents show a revision
   * to whoever can reach them, and a password could be guessed by its hash.
   */
  private static String revision(
      TunnelSpec spec, TunnelConfig config, Map<String, String> secretVersions) {
    var told =
        Arrays.asList(
            config.subdomain(),
            config.hostname(),
            config.proto(),
            config.routes(),
            config.remotePort(),
            spec.tls(),
            spec.access(),
            spec.redirectHttps(),
            spec.hostHeader(),
            spec.requestHeaders(),
            spec.responseHeaders(),
            spec.upstreamTls(),
            spec.proxyProtocol(),
            spec.inspect(),
            secretVersions);
    return Hash.of(String.valueOf(told), 8);
  }
}
