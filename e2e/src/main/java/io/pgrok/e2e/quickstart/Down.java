package io.pgrok.e2e.quickstart;

import io.pgrok.e2e.Repository;
import io.pgrok.e2e.cluster.Cluster;
import io.pgrok.e2e.install.Installation;
import io.pgrok.e2e.install.Tools;

/**
 * Takes away what {@link Up} made: the cluster, or from someone else's cluster what it put there.
 */
final class Down {

  private final Repository repository;
  private final Cluster cluster;
  private final Console console;

  Down(Repository repository, Cluster cluster, Console console) {
    this.repository = repository;
    this.cluster = cluster;
    this.console = console;
  }

  void run() {
    if (cluster.isOurs()) {
      console.step("Removing " + cluster.description());
      cluster.remove();
    } else {
      console.step("Removing the quickstart's things from " + cluster.description());
      uninstall(Tools.of(repository, cluster.kubeconfig()));
    }
    console.say(
        """
        Kept for the next run: the programs and images built into ${XDG_CACHE_HOME:-~/.cache}/pgrok, and
        any Debian packages that were installed.\
        """);
  }

  /** Tunnels go first, while the operator is there to take sidecars out of their pods. */
  private void uninstall(Tools tools) {
    for (var folder : new String[] {"deploy/sidecar/tunnel.yaml", "deploy/http/tunnel.yaml"}) {
      console.show(tools.kubectl("delete", "--ignore-not-found", "-f", folder));
    }
    console.show(
        tools.kubectl(
            "delete",
            "--ignore-not-found",
            "-f",
            "deploy/sidecar/app.yaml",
            "-f",
            "deploy/http/web.yaml"));
    for (var release : new String[] {"pgrok-operator", "pgrokd"}) {
      console.show(
          tools.helm(
              "uninstall", release, "--namespace", Installation.NAMESPACE, "--ignore-not-found"));
    }
    console.show(
        tools.kubectl("delete", "namespace", Installation.NAMESPACE, "--ignore-not-found"));
  }
}
