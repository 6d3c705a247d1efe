package io.pgrok.agent.view;

import io.pgrok.agent.inspect.Capture;
import io.pgrok.agent.inspect.Latencies;
import io.pgrok.protocol.agent.AgentStatus;
import java.util.ArrayList;
import java.util.List;

/** The lines of the live block. Pure. */
final class Screen {

  private Screen() {}

  /** Requests that are shown. */
  static final int REQUESTS = 10;

  private static final int PATH_WIDTH = 48;

  /**
   * @param connections since the start
   * @param open now
   */
  record Numbers(long connections, int open, Latencies.Summary latency) {}

  /**
   * @param newest requests, newest first
   * @param notices what else a person should know
   */
  static List<String> lines(
      AgentStatus status,
      Numbers numbers,
      List<Capture.Snapshot> newest,
      List<String> notices,
      String version) {
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
    notices.forEach(notice -> lines.add(row("", notice).strip()));
    lines.add(
        row("Connections", "%d total, %d open".formatted(numbers.connections(), numbers.open())));
    Latencies.Summary latency = numbers.latency();
    if (latency.count() > 0) {
      lines.add(
          row(
              "Requests",
              "%d total, p50 %s, p90 %s, p99 %s"
                  .formatted(
                      latency.count(),
                      millis(latency.p50()),
                      millis(latency.p90()),
                      millis(latency.p99()))));
    }
    if (!newest.isEmpty()) {
      lines.add("");
      newest.stream().limit(REQUESTS).forEach(request -> lines.add(request(request)));
    }
    return lines;
  }

  private static String request(Capture.Snapshot request) {
    String line = request.requestLine();
    String shown = line.length() > PATH_WIDTH ? line.substring(0, PATH_WIDTH - 1) + "…" : line;
    return "%-48s %-24s %s".formatted(shown, request.outcome(), millis(request.totalMillis()));
  }

  private static String millis(double millis) {
    return millis < 0 ? "…" : "%.1f ms".formatted(millis);
  }

  private static String row(String name, String value) {
    return "%-14s %s".formatted(name, value);
  }
}
