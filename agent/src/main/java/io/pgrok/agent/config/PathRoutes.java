package io.pgrok.agent.config;

import io.pgrok.protocol.agent.AgentConfig.PathType;
import io.pgrok.protocol.agent.AgentConfig.RouteConfig;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which requests of a tunnel go elsewhere, by path: as Kubernetes defines it for Ingress. The
 * longest match wins, of two equal ones the exact one.
 */
public final class PathRoutes {

  /** All requests go to the tunnel's own target. */
  public static final PathRoutes NONE = new PathRoutes(List.of());

  /**
   * @param path without slashes at its end, where it is a prefix
   */
  record PathRoute(String path, PathType type, Destination to) {

    PathRoute {
      path = type == PathType.PREFIX ? path.replaceAll("/+$", "") : path;
    }

    boolean matches(String requested) {
      return switch (type) {
        case EXACT -> requested.equals(path);
        case PREFIX ->
            requested.startsWith(path)
                && (requested.length() == path.length() || requested.charAt(path.length()) == '/');
      };
    }
  }

  private final List<PathRoute> routes;

  PathRoutes(Collection<PathRoute> routes) {
    this.routes = routes.stream().sorted(PathRoutes::bestFirst).toList();
  }

  private static int bestFirst(PathRoute one, PathRoute other) {
    int longest = Integer.compare(other.path().length(), one.path().length());
    return longest != 0 ? longest : one.type().compareTo(other.type());
  }

  static PathRoutes resolve(ConfigText file, List<String> path, TunnelConfig config)
      throws InvalidConfigException {
    List<PathRoute> routes = new ArrayList<>();
    for (RouteConfig route : config.routes()) {
      try {
        routes.add(new PathRoute(route.path(), route.pathType(), destination(route)));
      } catch (IllegalArgumentException e) {
        throw file.invalid(path, "%s: address %s".formatted(route.path(), e.getMessage()));
      }
    }
    return routes.isEmpty() ? NONE : new PathRoutes(routes);
  }

  private static Destination destination(RouteConfig route) {
    return route.status() == null
        ? new Destination.Private(PrivateAddress.parse(Objects.requireNonNull(route.address())))
        : new Destination.Refusal(route.status());
  }

  public boolean isEmpty() {
    return routes.isEmpty();
  }

  /** The private services that requests may go to. */
  List<PrivateAddress> addresses() {
    return routes.stream()
        .flatMap(route ->
            route.to() instanceof Destination.Private(PrivateAddress address)
                ? Stream.of(address)
                : Stream.empty())
        .toList();
  }

  /**
   * Where a request goes; empty for the tunnel's own target.
   *
   * @param target of the request, in any form of RFC 9112 section 3.2
   */
  public Optional<Destination> of(String target) {
    String path = path(target);
    return routes.stream().filter(route -> route.matches(path)).findFirst().map(PathRoute::to);
  }

  private static String path(String target) {
    int start = 0;
    if (!target.startsWith("/")) {
      int authority = target.indexOf("://");
      start = authority < 0 ? -1 : target.indexOf('/', authority + 3);
    }
    int query = target.indexOf('?');
    int end = query < 0 ? target.length() : query;
    return start < 0 || start >= end ? "/" : target.substring(start, end);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PathRoutes same && routes.equals(same.routes);
  }

  @Override
  public int hashCode() {
    return routes.hashCode();
  }

  @Override
  public String toString() {
    return routes.toString();
  }
}
