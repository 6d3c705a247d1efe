package io.pgrok.operator.tunnel;

import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.agent.ServerConnection;
import io.pgrok.operator.grant.Grants;
import io.pgrok.operator.name.Claims;
import io.pgrok.operator.name.PublicName;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Resolution;
import io.pgrok.protocol.grant.Grant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whether a Tunnel has the public name that it asks for: its namespace must be granted it, and no
 * older Tunnel may ask for the same. One that is not granted the name does not keep it from others.
 * Pure, given the {@link Cluster}.
 */
final class Claim {

  private final Cluster cluster;

  Claim(Cluster cluster) {
    this.cluster = cluster;
  }

  /** What the Tunnel's namespace may claim on the server, once the Tunnel may claim its name. */
  Resolution<Grant> of(Tunnel tunnel, ServerConnection server) {
    return nameable(tunnel)
        .then(named -> granted(named, server))
        .then(grant -> unlessTaken(tunnel, server, grant));
  }

  private static Resolution<Tunnel> nameable(Tunnel tunnel) {
    var spec = tunnel.getSpec();
    return spec.protocol() == Protocol.TCP || spec.hostname() != null
        ? Resolution.of(tunnel)
        : PublicName.subdomain(tunnel).then(label -> Resolution.of(tunnel));
  }

  private Resolution<Grant> granted(Tunnel tunnel, ServerConnection server) {
    Grant grant = grant(tunnel, server);
    var refused = refusal(tunnel, server, grant);
    if (refused.isPresent()) {
      return Resolution.blocked(
          Reason.NOT_GRANTED,
          "TunnelServer %s does not grant namespace %s %s; ask who runs it for a grant, or choose another name"
              .formatted(server.name(), namespace(tunnel), refused.get()));
    }
    return grant.maxTunnels() == null || isAmongFirst(grant.maxTunnels(), tunnel, server, grant)
        ? Resolution.of(grant)
        : Resolution.blocked(
            Reason.NOT_GRANTED,
            "TunnelServer %s grants namespace %s %d Tunnels, and older ones have them; delete one"
                .formatted(server.name(), namespace(tunnel), grant.maxTunnels()));
  }

  private Resolution<Grant> unlessTaken(Tunnel tunnel, ServerConnection server, Grant grant) {
    var wanted = PublicName.of(tunnel, server.name(), server.domain());
    if (wanted.isEmpty()) {
      return Resolution.of(grant);
    }
    var claimants =
        cluster.possibleRivals(tunnel).filter(rival -> asksFor(rival, wanted.get())).toList();
    return Claims.owner(claimants)
        .filter(owner -> !isSame(owner, tunnel))
        .<Resolution<Grant>>map(owner ->
            Resolution.blocked(
                Reason.NAME_CONFLICT,
                "%s belongs to %s; choose another name"
                    .formatted(wanted.get().text(), describe(owner, tunnel))))
        .orElseGet(() -> Resolution.of(grant));
  }

  private boolean asksFor(Tunnel rival, PublicName name) {
    return cluster.server(rival.getSpec().server())
            instanceof Resolution.Resolved<ServerConnection>(var server)
        && PublicName.of(rival, server.name(), server.domain()).filter(name::equals).isPresent()
        && granted(rival, server) instanceof Resolution.Resolved<Grant>;
  }

  private Grant grant(Tunnel tunnel, ServerConnection server) {
    String namespace = namespace(tunnel);
    return Grants.of(server.grants(), namespace, cluster.namespaceLabels(namespace));
  }

  /** What of it is not granted; empty when all is. As pgrokd decides it. */
  private static Optional<String> refusal(Tunnel tunnel, ServerConnection server, Grant grant) {
    var spec = tunnel.getSpec();
    if (spec.protocol() == Protocol.TCP) {
      Integer port = spec.remotePort();
      boolean none = grant.tcpPorts() != null && grant.tcpPorts().isEmpty();
      return port == null
          ? Optional.of("any TCP port").filter(what -> none)
          : Optional.of("TCP port " + port).filter(what -> !grant.allowsTcpPort(port));
    }
    String suffix = "." + server.domain();
    String hostname = spec.hostname();
    if (hostname != null && !hostname.endsWith(suffix)) {
      return Optional.of("hostname " + hostname).filter(what -> !grant.allowsHostname(hostname));
    }
    return PublicName.of(tunnel, server.name(), server.domain())
        .map(name -> name.text().substring(0, name.text().length() - suffix.length()))
        .filter(Predicate.not(grant::allowsSubdomain))
        .map(label -> "subdomain " + label);
  }

  private boolean isAmongFirst(int max, Tunnel tunnel, ServerConnection server, Grant grant) {
    return cluster
            .tunnelsIn(namespace(tunnel))
            .filter(other -> Claims.isOlder(other, tunnel))
            .filter(other ->
                cluster.server(other.getSpec().server())
                        instanceof Resolution.Resolved<ServerConnection>(var used)
                    && used.name().equals(server.name())
                    && refusal(other, server, grant).isEmpty())
            .limit(max)
            .count()
        < max;
  }

  private static String namespace(Tunnel tunnel) {
    return tunnel.getMetadata().getNamespace();
  }

  private static boolean isSame(Tunnel a, Tunnel b) {
    return a.getMetadata().getUid().equals(b.getMetadata().getUid());
  }

  /** Another namespace's Tunnels are not this one's business, not even their names. */
  private static String describe(Tunnel owner, Tunnel loser) {
    return namespace(owner).equals(namespace(loser))
        ? "the older Tunnel " + owner.getMetadata().getName()
        : "an older Tunnel of another namespace";
  }
}
