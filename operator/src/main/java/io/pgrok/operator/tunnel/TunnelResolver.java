package io.pgrok.operator.tunnel;

import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.ServiceTarget;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.WorkloadTarget;
import io.pgrok.operator.Hash;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.agent.Route;
import io.pgrok.operator.agent.ServerConnection;
import io.pgrok.operator.name.Claims;
import io.pgrok.operator.name.PublicName;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Resolution;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import java.util.Map;

/** From Tunnel to Route: server, name, target. Pure, given the {@link Cluster}. */
final class TunnelResolver {

  private final Cluster cluster;

  TunnelResolver(Cluster cluster) {
    this.cluster = cluster;
  }

  Resolution<Route> resolve(Tunnel tunnel) {
    return cluster
        .server(tunnel.getSpec().server())
        .then(server ->
            ownName(tunnel, server)
                .then(name -> target(tunnel))
                .then(target -> Resolution.of(route(tunnel, server, target))));
  }

  /** The Tunnel itself, unless its public name is another's. */
  private Resolution<Tunnel> ownName(Tunnel tunnel, ServerConnection server) {
    var wanted = PublicName.of(tunnel, server.name(), server.domain());
    if (wanted.isEmpty()) {
      return Resolution.of(tunnel);
    }
    var claimants =
        cluster
            .possibleRivals(tunnel)
            .filter(rival ->
                cluster.server(rival.getSpec().server())
                        instanceof Resolution.Resolved<ServerConnection>(var other)
                    && PublicName.of(rival, other.name(), other.domain()).equals(wanted))
            .toList();
    return Claims.owner(claimants)
        .filter(owner -> !isSame(owner, tunnel))
        .<Resolution<Tunnel>>map(owner ->
            Resolution.blocked(
                Reason.NAME_CONFLICT,
                "%s belongs to %s; choose another name"
                    .formatted(wanted.get().text(), describe(owner, tunnel))))
        .orElseGet(() -> Resolution.of(tunnel));
  }

  private Resolution<Target> target(Tunnel tunnel) {
    var spec = tunnel.getSpec();
    String namespace = tunnel.getMetadata().getNamespace();
    if (spec.service() != null) {
      return service(namespace, spec.service());
    }
    if (spec.workload() != null) {
      return workload(namespace, spec.workload());
    }
    return Resolution.blocked(Reason.INVALID_TARGET, "set service or workload");
  }

  private Resolution<Target> service(String namespace, ServiceTarget wanted) {
    return cluster
        .service(namespace, wanted.name())
        .map(service -> ServiceTargets.resolve(wanted, service))
        .orElseGet(() ->
            Resolution.blocked(
                Reason.SERVICE_NOT_FOUND,
                "namespace %s has no Service %s (yet)".formatted(namespace, wanted.name())));
  }

  private Resolution<Target> workload(String namespace, WorkloadTarget wanted) {
    if (!cluster.sidecarsEnabled()) {
      return Resolution.blocked(
          Reason.SIDECARS_DISABLED,
          "this operator may not add sidecars; expose a Service instead of a workload");
    }
    var carrier = new Carrier.Sidecar(wanted.kind(), namespace, wanted.name());
    return cluster.exists(carrier)
        ? Resolution.of(new Target(carrier, "127.0.0.1:" + wanted.port()))
        : Resolution.blocked(
            Reason.WORKLOAD_NOT_FOUND,
            "namespace %s has no %s %s (yet)"
                .formatted(namespace, wanted.kind().kubernetesKind(), wanted.name()));
  }

  private static Route route(Tunnel tunnel, ServerConnection server, Target target) {
    var spec = tunnel.getSpec();
    boolean isTcp = spec.protocol() == Protocol.TCP;
    boolean hasHostname = spec.hostname() != null;
    String subdomain = isTcp || hasHostname ? null : PublicName.subdomain(tunnel);
    var proto = Map.of(wireProtocol(spec.protocol()), target.address());
    var config = new TunnelConfig(subdomain, spec.hostname(), proto, null, spec.remotePort(), null);
    return new Route(server.name(), target.carrier(), withRevision(config));
  }

  /** An http tunnel is served over HTTPS too, where the server listens for it. */
  private static String wireProtocol(Protocol protocol) {
    return switch (protocol) {
      case HTTP -> "http+https";
      case HTTPS -> "https";
      case TCP -> "tcp";
    };
  }

  private static TunnelConfig withRevision(TunnelConfig config) {
    String content =
        String.join(
            "\n",
            String.valueOf(config.subdomain()),
            String.valueOf(config.hostname()),
            String.valueOf(config.proto()),
            String.valueOf(config.auth()),
            String.valueOf(config.remotePort()));
    return config.withRevision(Hash.of(content, 8));
  }

  private static boolean isSame(Tunnel a, Tunnel b) {
    return a.getMetadata().getUid().equals(b.getMetadata().getUid());
  }

  /** Another namespace's Tunnels are not this one's business, not even their names. */
  private static String describe(Tunnel owner, Tunnel loser) {
    return owner.getMetadata().getNamespace().equals(loser.getMetadata().getNamespace())
        ? "the older Tunnel " + owner.getMetadata().getName()
        : "an older Tunnel of another namespace";
  }
}
