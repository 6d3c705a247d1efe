package io.pgrok.operator.agent;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The whole desired state: every route and every server. Thread-safe.
 *
 * <p>Until each Tunnel and each TunnelServer that existed at the start has been looked at once, the
 * table is incomplete and nobody is told of changes: what is written from it would take tunnels
 * away that were only not looked at yet.
 */
@ApplicationScoped
public class RouteTable {

  private final Map<ResourceID, Route> routes = new HashMap<>();
  private final Map<Carrier, Map<ResourceID, Route>> byCarrier = new HashMap<>();
  private final Map<ResourceID, Carrier> waiting = new HashMap<>();
  private final Map<String, ServerConnection> servers = new HashMap<>();
  private final Set<Object> lookedAt = new HashSet<>();

  /** Those of the existing that were not looked at when all were counted last. */
  private @Nullable Set<Object> missing;

  private Supplier<Optional<Set<Object>>> existing = Optional::empty;
  private boolean complete;
  private Consumer<Carrier> changed = carrier -> {};
  private Runnable completed = () -> {};

  /**
   * @param changed called with each carrier whose part changed, once the table is complete
   * @param completed called when the table becomes complete; both must be quick
   */
  public synchronized void listen(Consumer<Carrier> changed, Runnable completed) {
    this.changed = changed;
    this.completed = completed;
  }

  /**
   * @param existing every Tunnel ({@link ResourceID}) and TunnelServer (its name) that has to be
   *     looked at before the table is complete; empty while that is not known
   */
  public synchronized void completeWith(Supplier<Optional<Set<Object>>> existing) {
    this.existing = existing;
  }

  /** Looks whether the table is complete, for when there was nothing to look at. */
  public synchronized void checkComplete() {
    if (complete) {
      return;
    }
    missing =
        existing
            .get()
            .map(all -> {
              var rest = new HashSet<>(all);
              rest.removeAll(lookedAt);
              return rest;
            })
            .orElse(null);
    if (missing == null || !missing.isEmpty()) {
      return;
    }
    complete = true;
    missing = null;
    lookedAt.clear();
    changed.accept(new Carrier.Shared());
    byCarrier.keySet().stream().filter(RouteTable::logsInWhereNeeded).forEach(changed);
    completed.run();
  }

  public synchronized boolean complete() {
    return complete;
  }

  /**
   * A Tunnel can be registered so.
   *
   * @return whether that is news of which its carrier is told now
   */
  public synchronized boolean put(ResourceID tunnel, Route route) {
    waitsNoMore(tunnel);
    Route before = routes.put(tunnel, route);
    boolean changed = !route.equals(before);
    boolean news = complete && changed;
    if (changed) {
      byCarrier.computeIfAbsent(route.carrier(), c -> new HashMap<>()).put(tunnel, route);
      tell(route.carrier());
      if (before != null && !before.carrier().equals(route.carrier())) {
        leave(before.carrier(), tunnel);
      }
    }
    lookedAt(tunnel);
    return news;
  }

  /**
   * A Tunnel cannot be registered now, and may be later: its carrier stays, or a workload's pods
   * would be rolled twice because a Secret was away for a moment.
   */
  public synchronized void await(ResourceID tunnel, Carrier carrier) {
    Carrier before = waiting.put(tunnel, carrier);
    if (before != null && !before.equals(carrier)) {
      tell(before);
    }
    withdraw(tunnel);
    lookedAt(tunnel);
  }

  /** Whether there are Tunnels that a carrier may carry later. */
  public synchronized boolean isAwaited(Carrier carrier) {
    return waiting.containsValue(carrier);
  }

  /** A Tunnel is gone, or cannot be registered now and needs no carrier. */
  public synchronized void remove(ResourceID tunnel) {
    waitsNoMore(tunnel);
    withdraw(tunnel);
    lookedAt(tunnel);
  }

  private void waitsNoMore(ResourceID tunnel) {
    Carrier carrier = waiting.remove(tunnel);
    if (carrier != null) {
      tell(carrier);
    }
  }

  private void withdraw(ResourceID tunnel) {
    Route before = routes.remove(tunnel);
    if (before != null) {
      leave(before.carrier(), tunnel);
    }
  }

  /** A server is to be reached so. */
  public synchronized void putServer(ServerConnection server) {
    if (!server.equals(servers.put(server.name(), server))) {
      tellThoseWhoUse(server.name());
    }
    lookedAt(server.name());
  }

  /** A server is gone, or cannot be used now. */
  public synchronized void removeServer(String name) {
    if (servers.remove(name) != null) {
      tellThoseWhoUse(name);
    }
    lookedAt(name);
  }

  /** PEM of a server's authority; empty when that is publicly trusted, or the server is unknown. */
  public synchronized Optional<String> authorityOf(String server) {
    return Optional.ofNullable(servers.get(server)).map(ServerConnection::authority);
  }

  /** The server that publishes a Tunnel; empty while the Tunnel has no route. */
  public synchronized Optional<ServerConnection> serverOf(ResourceID tunnel) {
    return routeOf(tunnel).flatMap(route -> Optional.ofNullable(servers.get(route.server())));
  }

  /** The route that a Tunnel has now. */
  public synchronized Optional<Route> routeOf(ResourceID tunnel) {
    return Optional.ofNullable(routes.get(tunnel));
  }

  public synchronized Set<ResourceID> tunnelsOf(Carrier carrier) {
    return Set.copyOf(byCarrier.getOrDefault(carrier, Map.of()).keySet());
  }

  public synchronized Map<ResourceID, Route> routesOf(Carrier carrier) {
    return Map.copyOf(byCarrier.getOrDefault(carrier, Map.of()));
  }

  /**
   * The servers that a carrier logs in to: the shared agent to all, so that a server's state is
   * known before the first Tunnel, others to those of their tunnels.
   */
  public synchronized List<ServerConnection> serversOf(Carrier carrier) {
    var all = servers.values().stream();
    return switch (carrier) {
      case Carrier.Shared shared -> all.toList();
      case Carrier.Named _, Carrier.Sidecar _ -> {
        var used = new HashSet<String>();
        routesOf(carrier).values().forEach(route -> used.add(route.server()));
        yield all.filter(s -> used.contains(s.name())).toList();
      }
    };
  }

  private static boolean logsInWhereNeeded(Carrier carrier) {
    return !(carrier instanceof Carrier.Shared);
  }

  private void leave(Carrier carrier, ResourceID tunnel) {
    byCarrier.computeIfPresent(
        carrier,
        (c, rest) -> {
          rest.remove(tunnel);
          return rest.isEmpty() ? null : rest;
        });
    tell(carrier);
  }

  private void tellThoseWhoUse(String server) {
    tell(new Carrier.Shared());
    byCarrier.forEach((carrier, carried) -> {
      if (logsInWhereNeeded(carrier)
          && carried.values().stream().anyMatch(route -> route.server().equals(server))) {
        tell(carrier);
      }
    });
  }

  private void tell(Carrier carrier) {
    if (complete) {
      changed.accept(carrier);
    }
  }

  private void lookedAt(Object tunnelOrServer) {
    if (!complete) {
      lookedAt.add(tunnelOrServer);
      // With thousands of Tunnels all of them are counted seldom.
      if (missing == null || (missing.remove(tunnelOrServer) && missing.isEmpty())) {
        checkComplete();
      }
    }
  }
}
