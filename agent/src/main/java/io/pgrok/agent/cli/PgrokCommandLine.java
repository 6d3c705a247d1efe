package io.pgrok.agent.cli;

import io.pgrok.agent.kube.KubeCommand;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/** picocli, set up for the reference's way with flags. */
public final class PgrokCommandLine {

  private PgrokCommandLine() {}

  /** Whether it opens no tunnel, as far as a look at the words says. */
  public static boolean isBrief(String... args) {
    return Arrays.stream(args).anyMatch(Commands.BRIEF::contains);
  }

  /**
   * Does what the command line says.
   *
   * @return how the process is to end
   */
  public static int execute(String... args) {
    Optional<Invocation.Serve> start =
        QuickCommandLine.parse(List.of(args)).flatMap(PgrokCommandLine::start);
    if (start.isEmpty()) {
      return create().execute(args);
    }
    try {
      return new Run(start.get()).call();
    } catch (Exception e) {
      return failed(e, new PrintWriter(System.err, true));
    }
  }

  private static Optional<Invocation.Serve> start(PgrokCommand command) {
    try {
      return Invocation.of(command) instanceof Invocation.Serve serve
          ? Optional.of(serve)
          : Optional.empty();
    } catch (UsageException e) {
      // Thrown again, and told, where picocli reads the same.
      return Optional.empty();
    }
  }

  private static int failed(Exception e, PrintWriter err) {
    err.println("pgrok: " + e.getMessage());
    return e instanceof InvalidConfigException ? ExitCode.USAGE : ExitCode.FAILED;
  }

  public static CommandLine create() {
    return new CommandLine(new PgrokCommand())
        .addSubcommand(new KubeCommand())
        .setPosixClusteredShortOptionsAllowed(false)
        .setOverwrittenOptionsAllowed(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, _) -> {
          e.getCommandLine().getErr().println("pgrok: " + e.getMessage());
          e.getCommandLine().getErr().println("Try 'pgrok help'.");
          return ExitCode.USAGE;
        })
        .setExecutionExceptionHandler((e, command, _) -> failed(e, command.getErr()));
  }
}
