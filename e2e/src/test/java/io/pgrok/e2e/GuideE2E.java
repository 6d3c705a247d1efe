package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.e2e.cluster.Cluster;
import io.pgrok.e2e.command.Command;
import io.pgrok.e2e.install.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows docs/guide from its first line, on a cluster where nothing of pgrok is left. This test
 * stands in for what a cluster on a laptop lacks: a load balancer and DNS.
 */
@ExtendWith(PgrokExtension.class)
class GuideE2E {

  /** Errors name the place in the guide; curl goes where DNS would lead it. */
  private static final String PRELUDE =
      """
      set -euo pipefail
      trap 'echo "failed: $place" >&2' ERR
      kubectl() { '%s' "$@"; }
      helm() { '%s' "$@"; }
      curl() { command curl --silent --show-error --connect-to '::%s:%d' "$@"; }
      export -f kubectl helm curl
      export PATH=%s:$PATH
      here=$PWD
      . bin/build-module
      pgrok_module_is_built agent # by the build that runs this test
      """;

  private final Pgrok pgrok;
  private final Guide guide = Guide.of(Repository.ofCurrentFolder());

  @TempDir private Path folder;

  GuideE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @Test
  void everyCommandOfTheGuideWorks() throws IOException {
    pgrok.uninstall();
    pgrok.removeTypesAndNamespace();
    for (var page : guide.pages()) {
      follow(page);
      if (page.equals("install.md")) {
        standInForALoadBalancer();
      }
    }
    report();
  }

  private void follow(String page) throws IOException {
    var commands =
        guide.blocks(page).stream()
            .filter(Guide.Block::isCommands)
            .filter(block -> block.notRun().isEmpty())
            .map(block -> "place=%s\n%s\n".formatted(block.place(), block.text()))
            .collect(Collectors.joining());
    var script = Files.writeString(folder.resolve(page + ".sh"), prelude() + commands);
    var result = bash(script).result();
    assertThat(result.status())
        .as(() -> "%s\n%s\n%s".formatted(page, result.output(), result.error()))
        .isZero();
  }

  private String prelude() {
    var tools = pgrok.tools();
    var address = pgrok.installation().publicAddress();
    return PRELUDE.formatted(
        tools.kubectl(),
        tools.helm(),
        address.getHostString(),
        address.getPort(),
        tools.kubectl().getParent());
  }

  private Command bash(Path script) {
    return pgrok
        .installation()
        .repository()
        .command("bash", script.toString())
        .with("KUBECONFIG", pgrok.tools().kubeconfig().toString())
        .within(Duration.ofMinutes(10));
  }

  private void standInForALoadBalancer() {
    pgrok
        .tools()
        .kubectl(
            "patch",
            "service",
            "pgrokd",
            "--namespace",
            Installation.NAMESPACE,
            "--type=json",
            "--patch",
            """
            [{"op": "replace", "path": "/spec/ports/0/nodePort", "value": %d}]\
            """
                .formatted(Cluster.HTTP_NODE_PORT))
        .output();
  }

  /** Whatever the guide left or did not get to, for the tests that come after this one. */
  @AfterEach
  void cleanUp() {
    for (var words :
        List.of(
            List.of("delete", "--ignore-not-found", "ingress/shop", "service/web-tcp"),
            List.of("delete", "--ignore-not-found", "deployment,service", "shop", "shop-api"),
            List.of("delete", "tunnels", "--all", "--all-namespaces"),
            List.of("delete", "--ignore-not-found", "deployment,service", "echo"),
            List.of("delete", "--ignore-not-found", "namespace", "preview-42"))) {
      pgrok.tools().kubectl(words.toArray(String[]::new)).result();
    }
    for (var release : List.of("pgrok", "pgrokd")) {
      pgrok
          .tools()
          .helm(
              "uninstall",
              release,
              "--ignore-not-found",
              "--wait",
              "--namespace",
              Installation.NAMESPACE)
          .result();
    }
    pgrok
        .tools()
        .kubectl(
            "delete",
            "--ignore-not-found",
            "crd",
            "tunnels.pgrok.io",
            "tunnelagents.pgrok.io",
            "tunnelservers.pgrok.io",
            "--timeout=1m")
        .result();
    pgrok.reinstall();
  }

  private void report() {
    var commands =
        guide.pages().stream()
            .flatMap(page -> guide.blocks(page).stream())
            .filter(Guide.Block::isCommands)
            .toList();
    var notRun = commands.stream().filter(block -> block.notRun().isPresent()).toList();
    Measured.count("blocks of commands in the guide, run", commands.size() - notRun.size());
    Measured.count("blocks of commands in the guide, not run", notRun.size());
    notRun.forEach(
        block -> System.out.printf("  %s: %s%n", block.place(), block.notRun().orElseThrow()));
  }
}
