package io.pgrok.agent.kube;

import io.pgrok.agent.cli.ExitCode;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "open", description = "Opens a Tunnel's URL in the browser.")
final class OpenCommand implements Callable<Integer> {

  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "<tunnel>", description = "Name of the Tunnel.")
  String tunnel = "";

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    URI url = TunnelView.of(cluster.kubectl(), tunnel).url();
    spec.commandLine().getOut().println(url);
    Browser.open(url);
    return ExitCode.OK;
  }
}
