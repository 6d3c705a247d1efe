package io.pgrok.e2e.quickstart;

import io.pgrok.e2e.command.Command;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** What the quickstart says: steps with the time since it began, commands with their output. */
public final class Console {

  private final PrintStream out;
  private final InstantSource clock;
  private final Instant start;

  public Console(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
    start = clock.instant();
  }

  void step(String what) {
    var elapsed = Duration.between(start, clock.instant());
    out.printf("%n[%d:%02d] %s%n", elapsed.toMinutes(), elapsed.toSecondsPart(), what);
  }

  void say(String text) {
    out.println(text);
  }

  /** Prints the command and runs it with its output following. */
  void show(Command command) {
    out.println("$ " + command.line());
    out.flush();
    command.run();
  }

  /** Prints the command and, once it has ended well, its output; returns that. */
  String showOutput(Command command) {
    out.println("$ " + command.line());
    var output = command.output();
    out.println(output.indent(2).stripTrailing());
    return output;
  }
}
