package io.pgrok.agent.kube;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands about Tunnels in a cluster. */
@Command(
    name = "kube",
    hidden = true, // pgrok's usage lists its commands by itself
    usageHelpAutoWidth = true,
    description = "Looks at the Tunnels of a Kubernetes cluster, with kubectl's credentials.",
    synopsisSubcommandLabel = "list | open | inspect | logs | share",
    subcommands = {
      ListCommand.class,
      OpenCommand.class,
      InspectCommand.class,
      LogsCommand.class,
      ShareCommand.class
    })
public final class KubeCommand implements Runnable {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this.")
  boolean help;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: list, open, inspect, logs or share");
  }
}
