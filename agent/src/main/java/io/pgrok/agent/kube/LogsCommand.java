package io.pgrok.agent.kube;

import io.pgrok.agent.cli.ExitCode;
import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "logs", description = "Prints what the agent logged about a Tunnel.")
final class LogsCommand implements Callable<Integer> {

  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "<tunnel>", description = "Name of the Tunnel.")
  String tunnel = "";

  @Option(
      names = {"-f", "--follow"},
      description = "Go on as lines are written; of one of several agents.")
  boolean follow;

  @Option(names = "--all", description = "Also the agent's lines about other things.")
  boolean all;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Kubectl kubectl = cluster.kubectl();
    TunnelView view = TunnelView.of(kubectl, tunnel);
    List<AgentPods> agents = AgentPods.of(view, kubectl);
    int status = ExitCode.OK;
    for (AgentPods agent : follow ? agents.subList(0, 1) : agents) {
      status = Math.max(status, print(kubectl, agent, about(view)));
    }
    return status;
  }

  private int print(Kubectl kubectl, AgentPods agent, Predicate<String> wanted) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "logs",
                "--namespace=" + agent.namespace(),
                "pod/" + agent.pod(),
                "--container=" + agent.container()));
    if (follow) {
      words.add("--follow");
    }
    Process logs = kubectl.start(words);
    Runtime.getRuntime().addShutdownHook(new Thread(logs::destroy));
    try (BufferedReader output = logs.inputReader()) {
      output
          .lines()
          .filter(wanted)
          .forEach(line -> {
            spec.commandLine().getOut().println(line);
            spec.commandLine().getOut().flush();
          });
    }
    return Kubectl.finish(logs);
  }

  /** Agents log facts as {@code key=value}; a tunnel's key is {@code namespace/name}. */
  private Predicate<String> about(TunnelView view) {
    String fact = " tunnel=" + view.namespace() + "/" + view.name();
    return line -> all || line.contains(fact + " ") || line.endsWith(fact);
  }
}
