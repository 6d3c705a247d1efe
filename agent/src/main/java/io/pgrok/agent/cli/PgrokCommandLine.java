package io.pgrok.agent.cli;

import io.pgrok.agent.kube.KubeCommand;
import picocli.CommandLine;

/** picocli, set up for the reference's way with flags. */
public final class PgrokCommandLine {

  private PgrokCommandLine() {}

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
        .setExecutionExceptionHandler((e, command, _) -> {
          command.getErr().println("pgrok: " + e.getMessage());
          return e instanceof io.pgrok.protocol.agent.AgentYaml.InvalidConfigException
              ? ExitCode.USAGE
              : ExitCode.FAILED;
        });
  }
}
