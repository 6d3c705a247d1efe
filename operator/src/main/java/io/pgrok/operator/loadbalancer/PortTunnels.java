package io.pgrok.operator.loadbalancer;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.pgrok.crds.tunnel.Access;
import io.pgrok.crds.tunnel.ServiceTarget;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.owned.TunnelOf;
import io.pgrok.operator.owned.Wanted;
import io.pgrok.operator.status.Conditions;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From a Service to its Tunnels: one for each TCP port. A port asks for its own number in public;
 * where that is refused, for any, and keeps to that. Pure.
 */
final class PortTunnels {

  /** Why a certain port cannot be had, where another one might. */
  private static final Set<String> REFUSALS =
      Set.of(
          Reason.NOT_GRANTED.text(),
          Reason.NAME_CONFLICT.text(),
          Reason.NAME_TAKEN.text(),
          Reason.REFUSED.text());

  private PortTunnels() {}

  /** Ours by its class only, so that nobody's Service becomes public by surprise. */
  static boolean isOurs(Service service) {
    var spec = service.getSpec();
    return spec != null
        && "LoadBalancer".equals(spec.getType())
        && LoadBalancerReconciler.CLASS.equals(spec.getLoadBalancerClass());
  }

  /**
   * @param existing the Tunnels that the Service owns
   */
  static Wanted of(Service service, Collection<Tunnel> existing) {
    var tunnelOf = new TunnelOf(service);
    var tunnels = new ArrayList<Tunnel>();
    var problems = new ArrayList<Verdict>();
    for (var port : service.getSpec().getPorts()) {
      if (!isTcp(port)) {
        problems.add(
            new Verdict(
                Reason.INVALID_TARGET,
                "port %d is of %s, which no tunnel carries: give it a Service of another class"
                    .formatted(port.getPort(), port.getProtocol())));
        continue;
      }
      String name = name(service, port);
      var before =
          existing.stream().filter(t -> t.getMetadata().getName().equals(name)).findFirst();
      tunnels.add(
          tunnelOf.tcp(
              name,
              before.filter(PortTunnels::takesAny).isPresent() ? null : port.getPort(),
              new ServiceTarget(service.getMetadata().getName(), new IntOrString(port.getPort())),
              access(service)));
    }
    return new Wanted(tunnels, problems);
  }

  /** The name of a port's Tunnel. */
  static String name(Service service, ServicePort port) {
    return "service-%s-%d".formatted(service.getMetadata().getName(), port.getPort());
  }

  static boolean isTcp(ServicePort port) {
    return port.getProtocol() == null || port.getProtocol().equals("TCP");
  }

  private static boolean takesAny(Tunnel tunnel) {
    return tunnel.getSpec().remotePort() == null || isRefused(tunnel);
  }

  private static boolean isRefused(Tunnel tunnel) {
    var status = tunnel.getStatus();
    return status != null
        && Objects.equals(status.observedGeneration(), tunnel.getMetadata().getGeneration())
        && Conditions.find(status.conditions(), Conditions.READY)
            .filter(ready -> REFUSALS.contains(ready.getReason()))
            .isPresent();
  }

  private static @Nullable Access access(Service service) {
    List<String> ranges =
        Optional.ofNullable(service.getSpec().getLoadBalancerSourceRanges()).orElse(List.of());
    return ranges.isEmpty() ? null : new Access(null, ranges, null);
  }
}
