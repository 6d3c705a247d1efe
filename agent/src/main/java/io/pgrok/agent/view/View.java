package io.pgrok.agent.view;

import io.pgrok.agent.inspect.Captures;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.agent.status.StatusBoard;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;

/** Shows the status as long as it is open. */
public interface View extends AutoCloseable {

  @Override
  void close();

  /** For those who read the log. */
  static View none() {
    return () -> {};
  }

  /**
   * Fills a terminal.
   *
   * @param notices what else a person should know
   */
  static View live(
      StatusBoard board,
      Traffic traffic,
      Captures captures,
      Supplier<List<String>> notices,
      String version,
      PrintStream out) {
    // https://no-color.org: set to anything but nothing.
    boolean colours = System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
    return new LiveView(
        new LiveView.Source(board, traffic, captures, notices, version),
        TerminalSize.ofTerminal(),
        colours,
        out);
  }

  /** A JSON document for each change, a line each. */
  static View json(StatusBoard board, List<String> notices, PrintStream out) {
    return new JsonView(board, notices, out);
  }

  /** A line for each thing that happens, for pipes and files. */
  static View lines(StatusBoard board, List<String> notices, PrintStream out) {
    notices.forEach(out::println);
    return new LinesView(board, out);
  }
}
