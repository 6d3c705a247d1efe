package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.TunnelSpec;
import io.pgrok.e2e.cluster.Cluster;
import io.pgrok.e2e.install.Installation;
import io.pgrok.e2e.install.Tools;
import io.pgrok.e2e.quickstart.Console;
import io.pgrok.e2e.quickstart.Up;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The quickstart's installation under test, with the API to look at it and to break it. */
final class Pgrok implements AutoCloseable {

  /** Where the quickstart's applications and Tunnels are. */
  static final String NAMESPACE = "default";

  private final Cluster cluster;
  private final Installation installation;
  private final KubernetesClient client;

  private Pgrok(Cluster cluster, Installation installation, KubernetesClient client) {
    this.cluster = cluster;
    this.installation = installation;
    this.client = client;
  }

  static Pgrok installOn(Repository repository, Cluster cluster) {
    try {
      cluster.start();
      var client =
          new KubernetesClientBuilder()
              .withConfig(Config.fromKubeconfig(cluster.kubeconfig().toFile()))
              .build();
      return new Pgrok(cluster, install(repository, cluster, client), client);
    } catch (RuntimeException e) {
      remove(cluster);
      throw e;
    }
  }

  /** Both namespaces enforce the strictest Pod Security Standard, on our pods and on sidecars. */
  private static Installation install(
      Repository repository, Cluster cluster, KubernetesClient client) {
    for (var namespace : List.of(NAMESPACE, Installation.NAMESPACE)) {
      client.resource(restricted(namespace)).forceConflicts().serverSideApply();
    }
    return new Up(repository, cluster, new Console(System.out, InstantSource.system())).run();
  }

  private static Namespace restricted(String name) {
    return new NamespaceBuilder()
        .withNewMetadata()
        .withName(name)
        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
        .endMetadata()
        .build();
  }

  /** Deletes every Tunnel and uninstalls both charts, in the order that the guide says. */
  void uninstall() {
    tools().kubectl("delete", "tunnels", "--all", "--all-namespaces", "--wait").output();
    Wait.until(() ->
        assertThat(
                client.pods().inNamespace(NAMESPACE).withLabel("pgrok.io/agent").list().getItems())
            .isEmpty());
    for (var release : List.of("pgrok-operator", "pgrokd")) {
      tools().helm("uninstall", release, "--namespace", Installation.NAMESPACE, "--wait").output();
    }
  }

  /** Deletes what uninstalling leaves: the types, and the namespace that was there before. */
  void removeTypesAndNamespace() {
    tools()
        .kubectl(
            "delete",
            "crd",
            "tunnels.pgrok.io",
            "tunnelagents.pgrok.io",
            "tunnelservers.pgrok.io",
            "--timeout=1m")
        .output();
    tools().kubectl("delete", "namespace", Installation.NAMESPACE, "--timeout=1m").output();
  }

  /** Installs what the quickstart does, where it is not there any more. */
  void reinstall() {
    install(installation.repository(), cluster, client);
  }

  Tools tools() {
    return installation.tools();
  }

  Installation installation() {
    return installation;
  }

  Cluster cluster() {
    return cluster;
  }

  KubernetesClient client() {
    return client;
  }

  /** Visits a tunnel by its subdomain. */
  Visitor visitorOf(String subdomain) {
    return visitorOf(subdomain, Visitor.PATIENCE);
  }

  /** The same, who waits so long for an answer. */
  Visitor visitorOf(String subdomain, Duration patience) {
    return new Visitor(
        installation.publicAddress(),
        "%s.%s:%d"
            .formatted(subdomain, Installation.DOMAIN, installation.publicAddress().getPort()),
        patience);
  }

  /** Creates a Tunnel in {@link #NAMESPACE}. */
  Tunnel create(String name, TunnelSpec spec) {
    var tunnel = new Tunnel();
    tunnel.getMetadata().setName(name);
    tunnel.getMetadata().setNamespace(NAMESPACE);
    tunnel.setSpec(spec);
    return client.resource(tunnel).create();
  }

  void delete(String tunnel) {
    client.resources(Tunnel.class).inNamespace(NAMESPACE).withName(tunnel).delete();
  }

  /** The Ready condition of a Tunnel, once the operator has spoken of its present spec. */
  Optional<Condition> ready(String tunnel) {
    return Optional.ofNullable(
            client.resources(Tunnel.class).inNamespace(NAMESPACE).withName(tunnel).get())
        .filter(found -> found.getStatus() != null)
        .filter(found ->
            found.getMetadata().getGeneration().equals(found.getStatus().observedGeneration()))
        .flatMap(found ->
            found.getStatus().conditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst());
  }

  /** Its reason, or why there is none. */
  String readyReason(String tunnel) {
    return ready(tunnel).map(Condition::getReason).orElse("(no condition yet)");
  }

  /** The pods of one of the applications, those that are ending among them. */
  List<String> podNames(String application) {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app", application)
        .list()
        .getItems()
        .stream()
        .map(pod -> pod.getMetadata().getName())
        .toList();
  }

  /** The newest ready pod with a label. */
  Optional<Pod> readyPod(String namespace, String label, String value) {
    return client.pods().inNamespace(namespace).withLabel(label, value).list().getItems().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(Readiness::isPodReady)
        .max(java.util.Comparator.comparing((Pod pod) -> pod.getMetadata().getCreationTimestamp()));
  }

  /**
   * The same, once there is one: an agent's tunnels are there before the kubelet has asked its pod
   * whether it is ready.
   */
  Pod awaitReadyPod(String namespace, String label, String value) {
    return Wait.untilPresent(() -> readyPod(namespace, label, value));
  }

  @Override
  public void close() {
    client.close();
    remove(cluster);
  }

  private static void remove(Cluster cluster) {
    if (System.getenv("PGROK_E2E_KEEP") == null) {
      cluster.remove();
    }
  }
}
