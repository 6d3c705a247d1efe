package io.pgrok.agent.view;

import io.pgrok.agent.inspect.Capture;
import io.pgrok.agent.inspect.Latencies;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import java.util.ArrayList;
import java.util.List;

/**
 * What a terminal shows, as lines that fit it: how things are, then tunnels, then the newest
 * requests in what is left. Pure.
 */
final class Screen {

  /** Requests that are shown at most. */
  static final int REQUESTS = 50;

  /** Requests for which tunnels make room. */
  private static final int REQUESTS_ANYWAY = 5;

  private static final int LABEL = 14;
  private static final int OUTCOME = 24;
  private static final int DURATION = 10;

  /** Lines of an error; it says what to do at its end. */
  private static final int ERROR_LINES = 6;

  private Screen() {}

  /** How a line is meant; a terminal may show it in colour. */
  enum Tone {
    PLAIN,
    GOOD,
    ODD,
    BAD
  }

  record Line(String text, Tone tone) {}

  /**
   * @param connections since the start
   * @param open now
   */
  record Numbers(long connections, int open, Latencies.Summary latency) {}

  /**
   * What there is to show.
   *
   * @param newest requests, newest first
   * @param notices what else a person should know
   */
  record Content(
      AgentStatus status,
      Numbers numbers,
      List<Capture.Snapshot> newest,
      List<String> notices,
      String version) {}

  /** As many lines as there are rows at most, none wider than the columns. */
  static List<Line> lines(Content content, TerminalSize size) {
    int columns = size.columns();
    List<Line> top = new ArrayList<>();
    top.add(plain("pgrok %s  (Ctrl+C to quit)".formatted(content.version())));
    top.add(plain(""));
    content.status().sessions().forEach(session -> session(top, session, columns));
    List<Line> bottom = new ArrayList<>();
    content.notices().forEach(notice -> bottom.add(plain(Text.harmless(notice))));
    numbers(bottom, content.numbers());
    List<Line> tunnels = tunnels(content.status());
    List<Line> requests = new ArrayList<>();
    content.newest().forEach(request -> requests.add(request(request, columns)));

    int left = size.rows() - top.size() - bottom.size();
    int anyway = requests.isEmpty() ? 0 : 1 + Math.min(REQUESTS_ANYWAY, requests.size());
    List<Line> all = new ArrayList<>(top);
    List<Line> shown = first(tunnels, Math.max(1, left - anyway), "tunnels");
    all.addAll(shown);
    all.addAll(bottom);
    if (!requests.isEmpty() && left - shown.size() > 1) {
      all.add(plain(""));
      requests.stream().limit(left - shown.size() - 1L).forEach(all::add);
    }
    return all.stream()
        .limit(size.rows())
        .map(line -> new Line(Text.clip(line.text(), columns), line.tone()))
        .toList();
  }

  private static void session(List<Line> lines, AgentStatus.Session session, int columns) {
    Tone tone = session.state() == SessionState.ONLINE ? Tone.GOOD : Tone.ODD;
    lines.add(new Line(row("Session", Words.of(session.state())), tone));
    lines.add(plain(row("Server", session.serverAddr())));
    if (session.error() != null) {
      error(lines, "Error", session.error(), columns);
    }
    if (session.configError() != null && !session.configError().equals(session.error())) {
      error(lines, "Configuration", session.configError(), columns);
    }
  }

  private static void error(List<Line> lines, String label, String error, int columns) {
    String name = label;
    int room = Math.max(20, columns - LABEL - 1);
    for (String part : Text.wrap(Text.harmless(error), room).stream().limit(ERROR_LINES).toList()) {
      lines.add(new Line(row(name, part), Tone.BAD));
      name = "";
    }
  }

  private static List<Line> tunnels(AgentStatus status) {
    List<Line> refused = new ArrayList<>();
    List<Line> open = new ArrayList<>();
    for (AgentStatus.Session session : status.sessions()) {
      for (AgentStatus.Tunnel tunnel : session.tunnels()) {
        for (String url : tunnel.urls()) {
          open.add(plain(row("Forwarding", url + "  (" + tunnel.name() + ")")));
        }
        if (tunnel.error() != null) {
          refused.add(new Line(row("Refused", tunnel.name() + ": " + tunnel.error()), Tone.BAD));
        }
      }
    }
    // What went wrong is seen even where there is no room for all.
    refused.addAll(open);
    return refused;
  }

  /** The first so many; the last line says how many more there are. */
  private static List<Line> first(List<Line> lines, int most, String what) {
    if (lines.size() <= most) {
      return lines;
    }
    List<Line> first = new ArrayList<>(lines.subList(0, most - 1));
    first.add(plain(row("", "… and %d more %s".formatted(lines.size() - most + 1, what))));
    return first;
  }

  private static void numbers(List<Line> lines, Numbers numbers) {
    lines.add(
        plain(
            row(
                "Connections",
                "%d total, %d open".formatted(numbers.connections(), numbers.open()))));
    Latencies.Summary latency = numbers.latency();
    if (latency.count() > 0) {
      lines.add(
          plain(
              row(
                  "Requests",
                  "%d total, p50 %s, p90 %s, p99 %s"
                      .formatted(
                          latency.count(),
                          millis(latency.p50()),
                          millis(latency.p90()),
                          millis(latency.p99())))));
    }
  }

  /** Where it went gets what the columns of its outcome leave. */
  private static Line request(Capture.Snapshot request, int columns) {
    int outcome = columns >= 72 ? OUTCOME : 4;
    int path = Math.max(10, columns - outcome - DURATION - 2);
    String text =
        "%s %s %s"
            .formatted(
                Text.fit(request.requestLine(), path),
                Text.fit(request.outcome(), outcome),
                Text.fit(millis(request.totalMillis()), DURATION).stripTrailing());
    return new Line(text.stripTrailing(), tone(request.outcome()));
  }

  private static Tone tone(String outcome) {
    return switch (outcome.charAt(0)) {
      case '5', 'l' -> Tone.BAD;
      case '4' -> Tone.ODD;
      default -> Tone.PLAIN;
    };
  }

  private static String millis(double millis) {
    return millis < 0 ? "…" : "%.1f ms".formatted(millis);
  }

  private static Line plain(String text) {
    return new Line(text, Tone.PLAIN);
  }

  private static String row(String name, String value) {
    return "%-14s %s".formatted(name, Text.harmless(value));
  }
}
