package io.pgrok.operator.loadbalancer;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.PortStatus;
import io.fabric8.kubernetes.api.model.PortStatusBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Apply;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What {@code status.loadBalancer} of a Service says: where its ports are in public. Pure. */
final class LoadBalancerStatuses {

  private LoadBalancerStatuses() {}

  /** One entry for each public host, with the ports that are open there. */
  static List<LoadBalancerIngress> entries(Collection<Tunnel> tunnels) {
    var ports = new TreeMap<String, List<PortStatus>>();
    tunnels.stream()
        .flatMap(LoadBalancerStatuses::url)
        .sorted(Comparator.comparing(URI::getPort))
        .forEach(url ->
            ports
                .computeIfAbsent(url.getHost(), h -> new ArrayList<>())
                .add(new PortStatusBuilder().withPort(url.getPort()).withProtocol("TCP").build()));
    return ports.entrySet().stream().map(e -> entry(e.getKey(), e.getValue())).toList();
  }

  private static Stream<URI> url(Tunnel tunnel) {
    return tunnel.getStatus() == null || tunnel.getStatus().url() == null
        ? Stream.empty()
        : Stream.of(URI.create(tunnel.getStatus().url()));
  }

  /** An address is a proxy's: traffic to it from inside goes the long way, not straight to pods. */
  private static LoadBalancerIngress entry(String host, List<PortStatus> ports) {
    var entry = new LoadBalancerIngressBuilder().withPorts(ports);
    return isAddress(host)
        ? entry.withIp(host.replaceAll("[\\[\\]]", "")).withIpMode("Proxy").build()
        : entry.withHostname(host).build();
  }

  private static boolean isAddress(String host) {
    return host.startsWith("[") || host.matches("[0-9.]+");
  }

  /** What the Service says now. */
  static List<LoadBalancerIngress> entries(Service service) {
    var status = service.getStatus();
    return status == null || status.getLoadBalancer() == null
        ? List.of()
        : status.getLoadBalancer().getIngress();
  }

  /** To be applied as the status of a Service; of no entries, it takes back what we said. */
  static Service patch(Service service, List<LoadBalancerIngress> entries) {
    var patch = new ServiceBuilder().withMetadata(Apply.identity(service));
    return entries.isEmpty()
        ? patch.build()
        : patch
            .withNewStatus()
            .withNewLoadBalancer()
            .withIngress(entries)
            .endLoadBalancer()
            .endStatus()
            .build();
  }
}
