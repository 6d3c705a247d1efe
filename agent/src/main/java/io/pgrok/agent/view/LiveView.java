package io.pgrok.agent.view;

import io.pgrok.agent.inspect.Capture;
import io.pgrok.agent.inspect.Captures;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.agent.status.StatusBoard;
import io.pgrok.protocol.agent.AgentStatus;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Fills the terminal, a few times a second at most. It is the terminal's other screen, which goes
 * away at the end with all that was on it: what the shell had shown is there again.
 */
final class LiveView implements View {

  private static final int REDRAW_MILLIS = 250;

  /** What somebody else wrote onto the screen does not stay longer: so many times. */
  private static final int REDRAWN_ANYWAY = 8;

  /** The other screen, without a cursor, without lines that go on in the next. */
  private static final String ENTER = "\033[?1049h\033[?25l\033[?7l";

  private static final String LEAVE = "\033[0m\033[?7h\033[?25h\033[?1049l";

  /** What is shown, and where it comes from. */
  record Source(
      StatusBoard board,
      Traffic traffic,
      Captures captures,
      Supplier<List<String>> notices,
      String version) {}

  private final Source source;
  private final Supplier<TerminalSize> size;
  private final boolean colours;
  private final PrintStream out;
  private final Thread painter;
  private @Nullable String drawn;
  private int undrawn;
  private boolean left;

  /**
   * @param colours whether there may be any
   */
  LiveView(Source source, Supplier<TerminalSize> size, boolean colours, PrintStream out) {
    this.source = source;
    this.size = size;
    this.colours = colours;
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
      // It is over.
    }
  }

  private synchronized void draw() {
    if (left) {
      return;
    }
    Screen.Content content =
        new Screen.Content(
            source.board().current(),
            new Screen.Numbers(
                source.traffic().total(),
                source.traffic().open(),
                source.captures().latencies().summary()),
            newest(),
            source.notices().get(),
            source.version());
    String block = block(Screen.lines(content, size.get()), colours);
    if (block.equals(drawn) && ++undrawn < REDRAWN_ANYWAY) {
      return;
    }
    out.print((drawn == null ? ENTER : "") + block);
    out.flush();
    drawn = block;
    undrawn = 0;
  }

  /** From the first row on; what was in a row before is wiped, and all that is below. */
  static String block(List<Screen.Line> lines, boolean colours) {
    StringBuilder block = new StringBuilder("\033[H");
    for (int row = 0; row < lines.size(); row++) {
      Screen.Line line = lines.get(row);
      String colour = colours ? colour(line.tone()) : "";
      // Before the text: behind one that fills the row, the cursor is still on its last column.
      String wipe = row == lines.size() - 1 ? "\033[J" : "\033[2K";
      block.append(row == 0 ? "" : "\r\n").append(wipe).append(colour).append(line.text());
      block.append(colour.isEmpty() ? "" : "\033[0m");
    }
    return block.toString();
  }

  private static String colour(Screen.Tone tone) {
    return switch (tone) {
      case PLAIN -> "";
      case GOOD -> "\033[32m";
      case ODD -> "\033[33m";
      case BAD -> "\033[31m";
    };
  }

  private List<Capture.Snapshot> newest() {
    return source.captures().all().reversed().stream()
        .limit(Screen.REQUESTS)
        .map(Capture::snapshot)
        .toList();
  }

  /** Leaves the screen to the shell, and what is still wrong to whoever looks at it. */
  @Override
  public synchronized void close() {
    if (left) {
      return;
    }
    left = true;
    painter.interrupt();
    if (drawn != null) {
      out.print(LEAVE);
    }
    for (AgentStatus.Session session : source.board().current().sessions()) {
      if (session.error() != null) {
        out.println(
            "Session %s: %s".formatted(Words.of(session.state()), Text.harmless(session.error())));
      }
    }
    out.flush();
  }
}
