package io.pgrok.operator.report;

import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.Tunnel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What changed from one report to the next. Pure.
 *
 * @param sessions names of those whose state changed, which concerns all their tunnels
 * @param tunnels keys of those whose report changed in other sessions
 */
record ReportDiff(Set<String> sessions, Set<String> tunnels) {

  static ReportDiff between(AgentStatus before, AgentStatus after) {
    var old = byName(before);
    var now = byName(after);
    var tunnels = new HashSet<String>();
    var sessions = new HashSet<String>();
    var names = new HashSet<>(old.keySet());
    names.addAll(now.keySet());
    for (String name : names) {
      var was = old.get(name);
      var is = now.get(name);
      if (was == null || is == null || !sameState(was, is)) {
        sessions.add(name);
      } else {
        addChanged(tunnels, was, is);
      }
    }
    return new ReportDiff(sessions, tunnels);
  }

  private static void addChanged(Set<String> changed, Session was, Session is) {
    var old = withoutVisits(was);
    var now = withoutVisits(is);
    Stream.concat(
            old.stream().filter(tunnel -> !now.contains(tunnel)),
            now.stream().filter(tunnel -> !old.contains(tunnel)))
        .forEach(tunnel -> changed.add(tunnel.name()));
  }

  /** Visits are asked for when a Tunnel's time may be over, and are no news by themselves. */
  private static Set<Tunnel> withoutVisits(Session session) {
    var tunnels = new HashSet<Tunnel>();
    for (var tunnel : session.tunnels()) {
      tunnels.add(
          new Tunnel(
              tunnel.name(), tunnel.revision(), tunnel.state(), tunnel.urls(), tunnel.error()));
    }
    return tunnels;
  }

  private static boolean sameState(Session was, Session is) {
    return was.state() == is.state() && Objects.equals(was.error(), is.error());
  }

  private static Map<String, Session> byName(AgentStatus status) {
    var sessions = new HashMap<String, Session>();
    status.sessions().forEach(session -> sessions.put(session.name(), session));
    return sessions;
  }
}
