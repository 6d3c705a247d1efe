package io.pgrok.agent.kube;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster, as whom, and which namespace: kubectl's own options, passed on to it. */
final class ClusterOptions {

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "<namespace>",
      description = "Default: that of kubectl's context.")
  @Nullable String namespace;

  @Option(
      names = "--context",
      paramLabel = "<context>",
      description = "Default: kubectl's current one.")
  @Nullable String context;

  @Option(
      names = "--kubeconfig",
      paramLabel = "<file>",
      description = "Default: KUBECONFIG, or $HOME/.kube/config.")
  @Nullable String kubeconfig;

  @Option(
      names = "--kubectl",
      paramLabel = "<program>",
      defaultValue = "kubectl",
      description = "Default: the kubectl on the PATH.")
  String program = "kubectl";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this.")
  boolean help;

  Kubectl kubectl() {
    List<String> words = new ArrayList<>(List.of(program));
    add(words, "--namespace", namespace);
    add(words, "--context", context);
    add(words, "--kubeconfig", kubeconfig);
    return new Kubectl(words);
  }

  private static void add(List<String> words, String option, @Nullable String value) {
    if (value != null) {
      words.add(option + "=" + value);
    }
  }
}
