package io.pgrok.operator.tunnel;

import io.pgrok.crds.tunnel.PathService;
import io.pgrok.crds.tunnel.PathTarget;
import io.pgrok.crds.tunnel.PathType;
import io.pgrok.crds.tunnel.ServiceTarget;
import io.pgrok.crds.tunnel.TunnelSpec;
import io.pgrok.operator.status.Resolution;
import io.pgrok.operator.status.Verdict;
import io.pgrok.protocol.agent.AgentConfig;
import io.pgrok.protocol.agent.AgentConfig.RouteConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where the requests to a tunnel go. One Service that is missing is no reason to close the others'
 * paths: its own are answered 503.
 *
 * @param main gets what no route matches
 * @param routes for paths that go elsewhere
 */
record Targets(Target main, List<RouteConfig> routes) {

  private static final String EVERYTHING = "/";
  private static final int NOT_FOUND = 404;
  private static final int UNAVAILABLE = 503;

  /**
   * @param resolve finds a Service
   * @return blocked when none of the Services can be served
   */
  static Resolution<Targets> of(
      TunnelSpec spec, Function<ServiceTarget, Resolution<Target>> resolve) {
    if (spec.paths() == null) {
      return resolve
          .apply(Objects.requireNonNull(spec.service()))
          .then(target -> Resolution.of(new Targets(target, List.of())));
    }
    var found = new ArrayList<Target>();
    var routes = new ArrayList<RouteConfig>();
    Verdict missing = null;
    for (var path : paths(spec)) {
      switch (resolve.apply(path.service().target())) {
        case Resolution.Resolved<Target>(Target target) -> {
          found.add(target);
          routes.add(route(path, target.spokenTo(spec)));
        }
        case Resolution.Blocked<Target>(Verdict why) -> {
          missing = missing == null ? why : missing;
          routes.add(route(path, UNAVAILABLE));
        }
      }
    }
    if (found.isEmpty()) {
      return new Resolution.Blocked<>(Objects.requireNonNull(missing));
    }
    if (paths(spec).stream().noneMatch(Targets::isForEverything)) {
      routes.add(new RouteConfig(EVERYTHING, AgentConfig.PathType.PREFIX, null, NOT_FOUND));
    }
    return Resolution.of(new Targets(found.getFirst(), List.copyOf(routes)));
  }

  /** Why some path cannot be served, although others are. */
  static Optional<Verdict> missing(
      TunnelSpec spec, Function<ServiceTarget, Resolution<Target>> resolve) {
    if (spec.paths() == null) {
      return Optional.empty();
    }
    for (var path : paths(spec)) {
      if (resolve.apply(path.service().target())
          instanceof Resolution.Blocked<Target>(Verdict why)) {
        return Optional.of(
            new Verdict(
                why.reason(), "path %s is answered 503: %s".formatted(path.path(), why.message())));
      }
    }
    return Optional.empty();
  }

  /** Those of the spec, and one for the rest where the spec says whose that is. */
  private static List<PathTarget> paths(TunnelSpec spec) {
    var paths = new ArrayList<>(Objects.requireNonNull(spec.paths()));
    if (spec.service() != null && paths.stream().noneMatch(Targets::isForEverything)) {
      paths.add(new PathTarget(EVERYTHING, PathType.PREFIX, PathService.of(spec.service())));
    }
    return paths;
  }

  private static boolean isForEverything(PathTarget path) {
    return path.pathType() == PathType.PREFIX && path.path().equals(EVERYTHING);
  }

  private static RouteConfig route(PathTarget path, String address) {
    return new RouteConfig(path.path(), type(path), address, null);
  }

  private static RouteConfig route(PathTarget path, int status) {
    return new RouteConfig(path.path(), type(path), null, status);
  }

  private static AgentConfig.PathType type(PathTarget path) {
    return switch (path.pathType()) {
      case EXACT -> AgentConfig.PathType.EXACT;
      case PREFIX -> AgentConfig.PathType.PREFIX;
    };
  }
}
