package io.pgrok.operator.report;

import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.Tunnel;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an agent said last, found by name: each of thousands of tunnels is asked for by itself.
 * Immutable.
 */
public final class Report {

  private record Heard(Session session, Map<String, Tunnel> tunnels) {}

  private final Map<String, Heard> sessions = new HashMap<>();

  public Report(AgentStatus status) {
    for (var session : status.sessions()) {
      var tunnels = new HashMap<String, Tunnel>(session.tunnels().size() * 2);
      session.tunnels().forEach(tunnel -> tunnels.put(tunnel.name(), tunnel));
      sessions.put(session.name(), new Heard(session, tunnels));
    }
  }

  Set<String> sessions() {
    return sessions.keySet();
  }

  /**
   * @param server name of the TunnelServer, which the session is named after
   */
  Optional<Session> session(String server) {
    return Optional.ofNullable(sessions.get(server)).map(Heard::session);
  }

  /**
   * @param key of the tunnel in the session
   */
  Optional<Tunnel> tunnel(String server, String key) {
    return Optional.ofNullable(sessions.get(server)).map(heard -> heard.tunnels().get(key));
  }
}
