package io.pgrok.agent.view;

import io.pgrok.agent.status.StatusBoard;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.Set;

/** Prints what is new since the last time. */
final class LinesView implements View {

  private final StatusBoard board;
  private final PrintStream out;
  private final StatusBoard.Subscription subscription;
  private Set<String> shown = Set.of();

  LinesView(StatusBoard board, PrintStream out) {
    this.board = board;
    this.out = out;
    this.subscription = board.onChange(this::show);
  }

  private synchronized void show() {
    Set<String> lines = lines(board.current());
    lines.stream().filter(line -> !shown.contains(line)).map(Text::harmless).forEach(out::println);
    out.flush();
    shown = lines;
  }

  static Set<String> lines(AgentStatus status) {
    Set<String> lines = new LinkedHashSet<>();
    for (AgentStatus.Session session : status.sessions()) {
      if (session.configError() != null) {
        lines.add("Configuration not used: " + session.configError());
      }
      if (session.state() == SessionState.ONLINE) {
        lines.add("Session online with " + session.serverAddr());
      } else if (session.error() != null && !session.error().equals(session.configError())) {
        lines.add("Session %s: %s".formatted(Words.of(session.state()), session.error()));
      }
      for (AgentStatus.Tunnel tunnel : session.tunnels()) {
        tunnel.urls().forEach(url -> lines.add("Forwarding %s (%s)".formatted(url, tunnel.name())));
        if (tunnel.error() != null) {
          lines.add("Tunnel %s refused: %s".formatted(tunnel.name(), tunnel.error()));
        }
      }
    }
    return lines;
  }

  @Override
  public void close() {
    subscription.close();
  }
}
