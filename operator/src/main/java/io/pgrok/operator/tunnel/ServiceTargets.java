package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.pgrok.crds.tunnel.AppProtocol;
import io.pgrok.crds.tunnel.ServiceTarget;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Resolution;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the port of a Service that a Tunnel means. Pure. */
final class ServiceTargets {

  private ServiceTargets() {}

  static Resolution<Target> resolve(ServiceTarget wanted, Service service) {
    var spec = service.getSpec();
    if ("ExternalName".equals(spec.getType())) {
      return Resolution.blocked(
          Reason.INVALID_TARGET,
          ("Service %s is of type ExternalName, which may point out of the namespace; expose a"
                  + " Service that selects pods")
              .formatted(wanted.name()));
    }
    return port(wanted, spec.getPorts()).then(port -> target(service, port));
  }

  private static Resolution<ServicePort> port(ServiceTarget wanted, List<ServicePort> all) {
    var ports = all.stream().filter(ServiceTargets::isTcp).toList();
    var wantedPort = wanted.port();
    if (wantedPort == null) {
      return onlyOne(wanted.name(), ports);
    }
    return ports.stream()
        .filter(port -> isMeant(wantedPort, port))
        .findFirst()
        .map(Resolution::of)
        .orElseGet(() ->
            Resolution.blocked(
                Reason.PORT_NOT_FOUND,
                "Service %s has no TCP port %s; it has %s"
                    .formatted(wanted.name(), text(wantedPort), names(ports))));
  }

  private static Resolution<ServicePort> onlyOne(String service, List<ServicePort> ports) {
    return switch (ports.size()) {
      case 1 -> Resolution.of(ports.getFirst());
      case 0 ->
          Resolution.blocked(
              Reason.PORT_NOT_FOUND, "Service %s has no TCP port".formatted(service));
      default ->
          Resolution.blocked(
              Reason.PORT_AMBIGUOUS,
              "Service %s has several ports: set service.port to one of %s"
                  .formatted(service, names(ports)));
    };
  }

  private static Resolution<Target> target(Service service, ServicePort port) {
    var metadata = service.getMetadata();
    String host = "%s.%s.svc".formatted(metadata.getName(), metadata.getNamespace());
    if (!"None".equals(service.getSpec().getClusterIP())) {
      return Resolution.of(target(host, port.getPort(), port));
    }
    // The name of a headless Service leads to its pods, past the Service's own ports.
    Integer podPort =
        port.getTargetPort() == null ? port.getPort() : port.getTargetPort().getIntVal();
    return podPort == null
        ? Resolution.blocked(
            Reason.INVALID_TARGET,
            ("Service %s is headless and its targetPort is a name (%s), which differs from pod to"
                    + " pod; give targetPort a number, or the Service a cluster IP")
                .formatted(metadata.getName(), port.getTargetPort().getStrVal()))
        : Resolution.of(target(host, podPort, port));
  }

  private static Target target(String host, int number, ServicePort port) {
    return new Target(new Carrier.Shared(), host + ":" + number, spoken(port.getAppProtocol()));
  }

  /** Kubernetes' own names, and what service meshes write. */
  private static @Nullable AppProtocol spoken(@Nullable String appProtocol) {
    return switch (appProtocol) {
      case null -> null;
      case "http", "kubernetes.io/ws" -> AppProtocol.HTTP;
      case "https", "kubernetes.io/wss" -> AppProtocol.HTTPS;
      case "h2c", "kubernetes.io/h2c", "grpc" -> AppProtocol.H2C;
      default -> null;
    };
  }

  private static boolean isTcp(ServicePort port) {
    return port.getProtocol() == null || "TCP".equals(port.getProtocol());
  }

  private static boolean isMeant(IntOrString wanted, ServicePort port) {
    return wanted.getIntVal() != null
        ? wanted.getIntVal().equals(port.getPort())
        : Objects.equals(wanted.getStrVal(), port.getName());
  }

  private static String text(IntOrString port) {
    return String.valueOf(port.getValue());
  }

  private static String names(List<ServicePort> ports) {
    return ports.isEmpty()
        ? "none"
        : ports.stream().map(ServiceTargets::name).collect(Collectors.joining(", "));
  }

  private static String name(ServicePort port) {
    @Nullable String name = port.getName();
    return name == null ? String.valueOf(port.getPort()) : name + " (" + port.getPort() + ")";
  }
}
