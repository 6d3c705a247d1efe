package io.pgrok.e2e.cluster;

import io.pgrok.e2e.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Which cluster to use. */
public sealed interface Choice {

  /** This one; it may have to be started. */
  record Found(Cluster cluster) implements Choice {}

  /**
   * None can be had.
   *
   * @param why what was tried and what would help, for people
   */
  record None(String why) implements Choice {}

  /**
   * Takes the cluster that {@code PGROK_CLUSTER} names; else K3s when a Docker engine answers; else
   * the local one when this machine can run it.
   *
   * @param name tells the quickstart's cluster from that of the tests
   * @param environment the variables of this process
   */
  static Choice of(Repository repository, String name, Map<String, String> environment) {
    var named = environment.get("PGROK_CLUSTER");
    if (named != null && !named.isEmpty()) {
      return named(repository, Path.of(named), environment);
    }
    if (K3sCluster.dockerAnswers()) {
      return new Found(new K3sCluster(name));
    }
    var local = new LocalCluster(repository, name);
    return local
        .obstacle()
        .<Choice>map(obstacle ->
            new None(
                "no cluster: PGROK_CLUSTER names none, no Docker engine answers, and " + obstacle))
        .orElseGet(() -> new Found(local));
  }

  private static Choice named(
      Repository repository, Path kubeconfig, Map<String, String> environment) {
    return Files.isReadable(kubeconfig)
        ? new Found(
            new NamedCluster(
                repository,
                kubeconfig.toAbsolutePath(),
                environment.get("PGROK_LOAD_IMAGE"),
                environment.get("PGROK_CLUSTER_NODE")))
        : new None(
            "no cluster: PGROK_CLUSTER must be the path of a kubeconfig file, and "
                + kubeconfig
                + " cannot be read");
  }
}
