package io.pgrok.operator.report;

import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.Tunnel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What changed from one report to the next. Pure.
 *
 * @param tunnels keys of those whose report, or whose session's state, changed
 * @param sessions names of those whose state changed
 */
record ReportDiff(Set<String> tunnels, Set<String> sessions) {

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
        addAll(tunnels, was);
        addAll(tunnels, is);
      } else {
        addChanged(tunnels, was, is);
      }
    }
    return new ReportDiff(tunnels, sessions);
  }

  private static void addChanged(Set<String> changed, Session was, Session is) {
    var reported = new HashSet<Tunnel>(was.tunnels());
    var unchanged = new HashSet<>(is.tunnels());
    unchanged.retainAll(reported);
    was.tunnels().stream().filter(t -> !unchanged.contains(t)).forEach(t -> changed.add(t.name()));
    is.tunnels().stream().filter(t -> !unchanged.contains(t)).forEach(t -> changed.add(t.name()));
  }

  private static void addAll(Set<String> tunnels, @Nullable Session session) {
    if (session != null) {
      session.tunnels().forEach(tunnel -> tunnels.add(tunnel.name()));
    }
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
