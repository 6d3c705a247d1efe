package io.pgrok.agent.view;

import io.pgrok.agent.proxy.Traffic;
import io.pgrok.agent.status.StatusBoard;
import java.io.PrintStream;

/** Shows the status as long as it is open. */
public interface View extends AutoCloseable {

  @Override
  void close();

  /** For those who read the log. */
  static View none() {
    return () -> {};
  }

  /** A block on a terminal, redrawn in place. */
  static View live(StatusBoard board, Traffic traffic, String version, PrintStream out) {
    return new LiveView(board, traffic, version, out);
  }

  /** A line for each thing that happens, for pipes and files. */
  static View lines(StatusBoard board, PrintStream out) {
    return new LinesView(board, out);
  }
}
