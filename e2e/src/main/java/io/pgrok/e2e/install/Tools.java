package io.pgrok.e2e.install;

import io.pgrok.e2e.Repository;
import io.pgrok.e2e.command.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * The programs that talk to the cluster, of the versions that the repository pins.
 *
 * @param kubectl path of the program
 * @param helm path of the program
 * @param kubeconfig which cluster they talk to, and as whom
 */
public record Tools(Repository repository, Path kubectl, Path helm, Path kubeconfig) {

  /** Builds them when they are not there yet, which takes minutes and says so. */
  public static Tools of(Repository repository, Path kubeconfig) {
    repository
        .command("deploy/local-cluster/build", "kubectl", "helm")
        .within(Duration.ofMinutes(60))
        .run();
    var paths =
        repository
            .command("deploy/local-cluster/build", "--path", "kubectl", "helm")
            .output()
            .lines()
            .map(Path::of)
            .toList();
    return new Tools(repository, paths.get(0), paths.get(1), kubeconfig);
  }

  public Command kubectl(String... words) {
    return command(kubectl, words);
  }

  public Command helm(String... words) {
    return command(helm, words);
  }

  private Command command(Path program, String... words) {
    return repository
        .command(
            Stream.concat(Stream.of(program.toString()), Stream.of(words)).toArray(String[]::new))
        .with("KUBECONFIG", kubeconfig.toString());
  }
}
