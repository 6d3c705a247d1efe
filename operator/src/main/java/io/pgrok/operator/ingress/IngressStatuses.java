package io.pgrok.operator.ingress;

import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressLoadBalancerIngress;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Apply;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What {@code status.loadBalancer} of an Ingress says: where the DNS of its hosts has to point,
 * which is the server's domain, once one of them is registered. A host of our own making has its
 * DNS already and is said itself. Pure.
 */
final class IngressStatuses {

  private IngressStatuses() {}

  /**
   * @param tunnels of the Ingress
   * @param domainOf the domain of the server that publishes a Tunnel
   */
  static List<String> hostnames(
      Collection<Tunnel> tunnels, Function<Tunnel, Optional<String>> domainOf) {
    return tunnels.stream()
        .flatMap(tunnel -> hostname(tunnel, domainOf).stream())
        .distinct()
        .sorted()
        .toList();
  }

  private static Optional<String> hostname(
      Tunnel tunnel, Function<Tunnel, Optional<String>> domainOf) {
    if (tunnel.getStatus() == null || tunnel.getStatus().url() == null) {
      return Optional.empty();
    }
    return tunnel.getSpec().hostname() == null
        ? Optional.ofNullable(URI.create(tunnel.getStatus().url()).getHost())
        : domainOf.apply(tunnel);
  }

  /** What the Ingress says now. */
  static List<String> hostnames(Ingress ingress) {
    var status = ingress.getStatus();
    return status == null || status.getLoadBalancer() == null
        ? List.of()
        : status.getLoadBalancer().getIngress().stream()
            .flatMap(entry -> Stream.ofNullable(entry.getHostname()))
            .sorted()
            .toList();
  }

  /** To be applied as the status of an Ingress; of no hostnames, it takes back what we said. */
  static Ingress patch(Ingress ingress, List<String> hostnames) {
    var patch = new IngressBuilder().withMetadata(Apply.identity(ingress));
    return hostnames.isEmpty()
        ? patch.build()
        : patch
            .withNewStatus()
            .withNewLoadBalancer()
            .withIngress(hostnames.stream().map(IngressStatuses::entry).toList())
            .endLoadBalancer()
            .endStatus()
            .build();
  }

  private static IngressLoadBalancerIngress entry(String hostname) {
    var entry = new IngressLoadBalancerIngress();
    entry.setHostname(hostname);
    return entry;
  }
}
