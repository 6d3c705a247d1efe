package io.pgrok.agent.config;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tunnels that were opened and closed at run time, on top of whatever the configuration says. */
public final class Overlay {

  private final Map<String, TunnelSpec> opened = new LinkedHashMap<>();
  private final Set<String> closed = new LinkedHashSet<>();

  /** Opens one, or puts it in the place of the one of that name. */
  public void open(TunnelSpec tunnel) {
    closed.remove(tunnel.name());
    opened.put(tunnel.name(), tunnel);
  }

  /** Closes one, wherever it came from. */
  public void close(String tunnel) {
    opened.remove(tunnel);
    closed.add(tunnel);
  }

  /** The session as it is to be. */
  public SessionSpec on(SessionSpec session) {
    Map<String, TunnelSpec> tunnels = new LinkedHashMap<>();
    session.tunnels().forEach(tunnel -> tunnels.put(tunnel.name(), tunnel));
    tunnels.putAll(opened);
    tunnels.keySet().removeAll(closed);
    return session.with(List.copyOf(tunnels.values()));
  }
}
