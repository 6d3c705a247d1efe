package io.pgrok.agent.view;

import io.pgrok.protocol.agent.AgentStatus;
import java.util.ArrayList;
import java.util.List;

/** The lines of the live block. Pure. */
final class Screen {

  private Screen() {}

  static List<String> lines(AgentStatus status, long connections, int open, String version) {
    List<String> lines = new ArrayList<>();
    lines.add("pgrok %s  (Ctrl+C to quit)".formatted(version));
    lines.add("");
    for (AgentStatus.Session session : status.sessions()) {
      lines.add(row("Session", Words.of(session.state())));
      lines.add(row("Server", session.serverAddr()));
      if (session.error() != null) {
        lines.add(row("Error", session.error()));
      }
      if (session.configError() != null && !session.configError().equals(session.error())) {
        lines.add(row("Configuration", session.configError()));
      }
      for (AgentStatus.Tunnel tunnel : session.tunnels()) {
        tunnel
            .urls()
            .forEach(url -> lines.add(row("Forwarding", url + "  (" + tunnel.name() + ")")));
        if (tunnel.error() != null) {
          lines.add(row("Refused", tunnel.name() + ": " + tunnel.error()));
        }
      }
    }
    lines.add(row("Connections", "%d total, %d open".formatted(connections, open)));
    return lines;
  }

  private static String row(String name, String value) {
    return "%-14s %s".formatted(name, value);
  }
}
