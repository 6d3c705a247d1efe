package io.pgrok.agent.kube;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgrok.agent.cli.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "list", description = "Lists Tunnels with all of their URLs and what they expose.")
final class ListCommand implements Callable<Integer> {

  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "Those of every namespace.")
  boolean everywhere;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    JsonNode answer =
        everywhere
            ? cluster.kubectl().get("tunnels.pgrok.io", "--all-namespaces")
            : cluster.kubectl().get("tunnels.pgrok.io");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NAMESPACE", "NAME", "READY", "REASON", "TARGET", "URLS"));
    for (JsonNode item : answer.path("items")) {
      TunnelView tunnel = new TunnelView(item);
      rows.add(
          List.of(
              tunnel.namespace(),
              tunnel.name(),
              tunnel.ready("status"),
              tunnel.ready("reason"),
              tunnel.target(),
              String.join(" ", tunnel.urls())));
    }
    Table.lines(rows).forEach(spec.commandLine().getOut()::println);
    return ExitCode.OK;
  }
}
