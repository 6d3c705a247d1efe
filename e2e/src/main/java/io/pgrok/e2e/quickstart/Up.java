package io.pgrok.e2e.quickstart;

import io.pgrok.e2e.Repository;
import io.pgrok.e2e.cluster.Cluster;
import io.pgrok.e2e.command.Command;
import io.pgrok.e2e.install.Installation;
import io.pgrok.e2e.install.Tools;
import java.util.stream.Stream;

/** A cluster, both charts, two sample applications, a Tunnel for each, and their pages. */
public final class Up {

  private final Repository repository;
  private final Cluster cluster;
  private final Console console;

  public Up(Repository repository, Cluster cluster, Console console) {
    this.repository = repository;
    this.cluster = cluster;
    this.console = console;
  }

  /**
   * Does it all, or what of it is missing.
   *
   * @return what is installed now
   */
  public Installation run() {
    console.step("Cluster: " + cluster.description());
    cluster.start();
    var tools = Tools.of(repository, cluster.kubeconfig());
    var installation = new Installation(repository, tools, cluster.publicAddress());

    console.step("Images of pgrokd, agent, operator and a sample application");
    cluster.load(installation.images());

    console.say(
        "\nTo type the commands below yourself:\n  export KUBECONFIG=%s PATH=%s:%s:$PATH"
            .formatted(
                cluster.kubeconfig(), tools.kubectl().getParent(), tools.helm().getParent()));

    console.step("pgrokd, the public side");
    install(installation.installServer());
    console.step("The operator, which finds pgrokd by itself");
    install(installation.installOperator());
    if (cluster.isOurs()) {
      restartEarlierBuilds(installation);
    }

    console.step("A web application with a Service, and a Tunnel to it by the shared agent");
    console.show(tools.kubectl("apply", "-f", "deploy/http/web.yaml"));
    console.show(tools.kubectl("rollout", "status", "deployment/web", "--timeout=2m"));
    publish(installation, "web", "deploy/http/tunnel.yaml");

    console.step("Another without a Service, and a Tunnel to it by a sidecar in its pods");
    console.show(tools.kubectl("apply", "-f", "deploy/sidecar/app.yaml"));
    publish(installation, "app", "deploy/sidecar/tunnel.yaml");

    console.step("Done");
    console.show(tools.kubectl("get", "tunnels"));
    console.say(
        """

        What next?
          the pages in a browser of this machine    %s  %s
          the status in full                        kubectl describe tunnel web
          a tunnel of your own                      edit deploy/http/tunnel.yaml and apply it
          a closer look                             kubectl --namespace %s get pods
          remove everything                         ./quickstart down\
        """
            .formatted(url(tools, "web"), url(tools, "app"), Installation.NAMESPACE));
    return installation;
  }

  private void install(Command helm) {
    console.say("$ " + helm.line());
    helm.output();
  }

  private void restartEarlierBuilds(Installation installation) {
    var namespace = "--namespace=" + Installation.NAMESPACE;
    for (var deployment : installation.deploymentsOfEarlierBuilds()) {
      var name = "deployment/" + deployment;
      console.show(installation.tools().kubectl(namespace, "rollout", "restart", name));
      console.show(
          installation.tools().kubectl(namespace, "rollout", "status", name, "--timeout=2m"));
    }
  }

  private void publish(Installation installation, String tunnel, String file) {
    var tools = installation.tools();
    console.show(tools.kubectl("apply", "-f", file));
    console.show(
        tools.kubectl("wait", "--for=condition=Ready", "tunnel/" + tunnel, "--timeout=2m"));
    console.showOutput(installation.curl(url(tools, tunnel)));
  }

  /** The plain HTTP one: nothing here trusts the certificate that pgrokd made for itself. */
  private static String url(Tools tools, String tunnel) {
    var urls = tools.kubectl("get", "tunnel", tunnel, "-o", "jsonpath={.status.urls[*]}").output();
    return Stream.of(urls.split(" "))
        .filter(url -> url.startsWith("http://"))
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException("tunnel %s has no http URL: %s".formatted(tunnel, urls)));
  }
}
