package io.pgrok.operator.report;

import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.Session;
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
    var old = new HashSet<>(was.tunnels());
    var now = new HashSet<>(is.tunnels());
    Stream.concat(
            was.tunnels().stream().filter(tunnel -> !now.contains(tunnel)),
            is.tunnels().stream().filter(tunnel -> !old.contains(tunnel)))
        .forEach(tunnel -> changed.add(tunnel.name()));
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
