package io.pgrok.operator.report;

import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.Tunnel;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What changed from one report to the next. Pure.
 *
 * @param sessions names of those whose state changed, which concerns all their tunnels
 * @param tunnels keys of those whose report changed in other sessions
 */
record ReportDiff(Set<String> sessions, Set<String> tunnels) {

  static ReportDiff between(Report before, Report after) {
    var tunnels = new HashSet<String>();
    var sessions = new HashSet<String>();
    var names = new HashSet<>(before.sessions());
    names.addAll(after.sessions());
    for (String name : names) {
      if (!sameState(before.session(name), after.session(name))) {
        sessions.add(name);
      } else {
        addChanged(tunnels, name, before, after);
        addChanged(tunnels, name, after, before);
      }
    }
    return new ReportDiff(sessions, tunnels);
  }

  boolean isEmpty() {
    return sessions.isEmpty() && tunnels.isEmpty();
  }

  private static void addChanged(Set<String> changed, String name, Report report, Report other) {
    for (var tunnel : report.session(name).map(Session::tunnels).orElseThrow()) {
      if (other.tunnel(name, tunnel.name()).filter(it -> sayTheSame(tunnel, it)).isEmpty()) {
        changed.add(tunnel.name());
      }
    }
  }

  /** Visits are asked for when a Tunnel's time may be over, and are no news by themselves. */
  private static boolean sayTheSame(Tunnel a, Tunnel b) {
    return a.state() == b.state()
        && Objects.equals(a.revision(), b.revision())
        && a.urls().equals(b.urls())
        && Objects.equals(a.error(), b.error());
  }

  private static boolean sameState(Optional<Session> was, Optional<Session> is) {
    return was.isPresent()
        && is.isPresent()
        && was.get().state() == is.get().state()
        && Objects.equals(was.get().error(), is.get().error());
  }
}
