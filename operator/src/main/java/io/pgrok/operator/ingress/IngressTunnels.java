package io.pgrok.operator.ingress;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBackend;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.IngressServiceBackend;
import io.pgrok.crds.tunnel.PathService;
import io.pgrok.crds.tunnel.PathTarget;
import io.pgrok.crds.tunnel.PathType;
import io.pgrok.crds.tunnel.ServiceTarget;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Hash;
import io.pgrok.operator.owned.TunnelOf;
import io.pgrok.operator.owned.Wanted;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From an Ingress to its Tunnels: one for each host, and one with a name of its own for what is
 * said without a host. Pure.
 */
final class IngressTunnels {

  private static final String EVERYTHING = "/";
  private static final int MOST_PATHS = 100;

  private final Ingress ingress;
  private final TunnelOf tunnelOf;
  private final List<Verdict> problems = new ArrayList<>();

  private IngressTunnels(Ingress ingress) {
    this.ingress = ingress;
    this.tunnelOf = new TunnelOf(ingress);
  }

  /** Ours by its class only, so that nobody's Ingress becomes public by surprise. */
  static boolean isOurs(Ingress ingress) {
    return ingress.getSpec() != null
        && IngressReconciler.CLASS.equals(ingress.getSpec().getIngressClassName());
  }

  static Wanted of(Ingress ingress) {
    var made = new IngressTunnels(ingress);
    var tunnels = made.tunnels();
    return new Wanted(tunnels, made.problems);
  }

  private List<Tunnel> tunnels() {
    var rest = service(ingress.getSpec().getDefaultBackend(), "the default backend");
    var tunnels = new ArrayList<Tunnel>();
    pathsByHost()
        .forEach((host, paths) -> {
          if (host.startsWith("*")) {
            refuse("host %s: name each host, a tunnel has no wildcard".formatted(host));
          } else {
            tunnel(host, paths, rest).ifPresent(tunnels::add);
          }
        });
    return tunnels;
  }

  /**
   * The empty host stands for none. A default backend alone is as a rule without host and paths.
   */
  private Map<String, List<HTTPIngressPath>> pathsByHost() {
    var byHost = new LinkedHashMap<String, List<HTTPIngressPath>>();
    for (IngressRule rule : ingress.getSpec().getRules()) {
      var paths =
          byHost.computeIfAbsent(
              Objects.requireNonNullElse(rule.getHost(), ""), h -> new ArrayList<>());
      if (rule.getHttp() != null) {
        paths.addAll(rule.getHttp().getPaths());
      }
    }
    if (byHost.isEmpty()) {
      byHost.put("", List.of());
    }
    return byHost;
  }

  private Optional<Tunnel> tunnel(
      String host, List<HTTPIngressPath> paths, Optional<ServiceTarget> defaultBackend) {
    var targets = new LinkedHashMap<String, PathTarget>();
    for (var path : paths) {
      target(host, path).ifPresent(it -> targets.putIfAbsent(it.pathType() + it.path(), it));
    }
    var everything = Optional.ofNullable(targets.remove(PathType.PREFIX + EVERYTHING));
    var service = everything.map(path -> path.service().target()).or(() -> defaultBackend);
    if (targets.size() > MOST_PATHS) {
      refuse(
          "%s: %d paths are too many, the most are %d"
              .formatted(at(host), targets.size(), MOST_PATHS));
      return Optional.empty();
    }
    if (targets.isEmpty() && service.isEmpty()) {
      refuse("%s: no Service that could be served".formatted(at(host)));
      return Optional.empty();
    }
    return Optional.of(
        tunnelOf.http(
            name(host),
            host.isEmpty() ? null : host,
            service.orElse(null),
            List.copyOf(targets.values()),
            IngressCertificates.of(ingress, host).orElse(null)));
  }

  private Optional<PathTarget> target(String host, HTTPIngressPath path) {
    String text = path.getPath() == null || path.getPath().isEmpty() ? "/" : path.getPath();
    var type = "Exact".equals(path.getPathType()) ? PathType.EXACT : PathType.PREFIX;
    // To Kubernetes, /a/ and /a are the same prefix.
    String compared =
        type == PathType.PREFIX && text.length() > 1 ? text.replaceAll("(?<!^)/+$", "") : text;
    return service(path.getBackend(), "%s, path %s".formatted(at(host), text))
        .map(service -> new PathTarget(compared, type, PathService.of(service)));
  }

  private Optional<ServiceTarget> service(@Nullable IngressBackend backend, String where) {
    if (backend == null) {
      return Optional.empty();
    }
    if (backend.getService() == null) {
      refuse("%s: the backend must be a Service, other resources are not served".formatted(where));
      return Optional.empty();
    }
    return Optional.of(service(backend.getService()));
  }

  private static ServiceTarget service(IngressServiceBackend service) {
    var port = service.getPort();
    return new ServiceTarget(
        service.getName(),
        port == null
            ? null
            : port.getName() != null
                ? new IntOrString(port.getName())
                : new IntOrString(port.getNumber()));
  }

  private String name(String host) {
    String name = "ingress-" + ingress.getMetadata().getName();
    String whole = host.isEmpty() ? name : name + "-" + Hash.of(host, 5);
    return whole.length() <= 253 ? whole : whole.substring(0, 240) + "-" + Hash.of(whole, 8);
  }

  private void refuse(String message) {
    problems.add(new Verdict(Reason.INVALID_TARGET, message));
  }

  private static String at(String host) {
    return host.isEmpty() ? "without host" : "host " + host;
  }
}
