package io.pgrok.agent.kube;

import java.io.BufferedReader;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The agent's inspector listens on its pod's loopback address only; kubectl's port-forward reaches
 * that for whoever the cluster lets forward ports there.
 */
@Command(
    name = "inspect",
    description = "Opens the inspector of the agent that carries a Tunnel, until Ctrl+C.")
final class InspectCommand implements Callable<Integer> {

  /** Where agents serve it. */
  private static final int INSPECTOR = 4040;

  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "<tunnel>", description = "Name of the Tunnel.")
  String tunnel = "";

  @Option(
      names = "--port",
      paramLabel = "<port>",
      defaultValue = "0",
      description = "Of this machine's loopback address. Default: any free one.")
  int port;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Kubectl kubectl = cluster.kubectl();
    AgentPods agent = AgentPods.of(TunnelView.of(kubectl, tunnel), kubectl).getFirst();
    Process forward =
        kubectl.start(
            List.of(
                "port-forward",
                "--namespace=" + agent.namespace(),
                "pod/" + agent.pod(),
                "%s:%d".formatted(port == 0 ? "" : port, INSPECTOR)));
    Runtime.getRuntime().addShutdownHook(new Thread(forward::destroy));
    try (BufferedReader output = forward.inputReader()) {
      // "Forwarding from 127.0.0.1:41763 -> 4040"
      String line = output.readLine();
      if (line != null) {
        URI page = URI.create("http://" + line.replaceFirst("^Forwarding from (\\S+) .*", "$1"));
        spec.commandLine().getOut().println(page + " shows the traffic of pod " + agent.pod());
        Browser.open(page);
      }
      output.lines().forEach(_ -> {}); // a line for each connection
    }
    return Kubectl.finish(forward);
  }
}
