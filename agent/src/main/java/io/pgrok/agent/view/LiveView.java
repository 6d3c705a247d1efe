package io.pgrok.agent.view;

import io.pgrok.agent.inspect.Capture;
import io.pgrok.agent.inspect.Captures;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.agent.status.StatusBoard;
import java.io.PrintStream;
import java.util.List;

/** Redraws a block of lines in place, a few times a second at most. */
final class LiveView implements View {

  private static final int REDRAW_MILLIS = 250;

  private final StatusBoard board;
  private final Traffic traffic;
  private final Captures captures;
  private final List<String> notices;
  private final String version;
  private final PrintStream out;
  private final Thread painter;
  private List<String> drawn = List.of();

  LiveView(
      StatusBoard board,
      Traffic traffic,
      Captures captures,
      List<String> notices,
      String version,
      PrintStream out) {
    this.board = board;
    this.captures = captures;
    this.notices = notices;
    this.traffic = traffic;
    this.version = version;
    this.out = out;
    this.painter = Thread.ofVirtual().name("view").start(this::paint);
  }

  private void paint() {
    try {
      while (true) {
        draw();
        Thread.sleep(REDRAW_MILLIS);
      }
    } catch (InterruptedException e) {
      draw();
    }
  }

  private void draw() {
    Screen.Numbers numbers =
        new Screen.Numbers(traffic.total(), traffic.open(), captures.latencies().summary());
    List<String> lines = Screen.lines(board.current(), numbers, newest(), notices, version);
    if (lines.equals(drawn)) {
      return;
    }
    StringBuilder block = new StringBuilder();
    if (!drawn.isEmpty()) {
      block.append("\033[").append(drawn.size()).append("A\033[J");
    }
    lines.forEach(line -> block.append(line).append('\n'));
    out.print(block);
    out.flush();
    drawn = lines;
  }

  private List<Capture.Snapshot> newest() {
    return captures.all().reversed().stream()
        .limit(Screen.REQUESTS)
        .map(Capture::snapshot)
        .toList();
  }

  @Override
  public void close() {
    painter.interrupt();
  }
}
