package io.pgrok.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * K3s in a Docker container. The container outlives this process where Testcontainers is allowed to
 * reuse it ({@code TESTCONTAINERS_REUSE_ENABLE=true}, which the quickstart sets), and is found
 * again by its label.
 */
final class K3sCluster implements Cluster {

  private static final DockerImageName IMAGE = DockerImageName.parse("rancher/k3s:v1.34.4-k3s1");
  private static final String LABEL = "io.pgrok.cluster";

  private final String name;
  private final K3sContainer container;

  K3sCluster(String name) {
    this.name = name;
    container = new K3sContainer(IMAGE);
    container.addExposedPort(HTTP_NODE_PORT);
    container.withLabel(LABEL, name).withReuse(true);
  }

  static boolean dockerAnswers() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  @Override
  public String description() {
    return "K3s in Docker (%s)".formatted(IMAGE);
  }

  @Override
  public void start() {
    container.start();
  }

  @Override
  public Path kubeconfig() {
    try {
      var folder = Path.of(System.getProperty("java.io.tmpdir"), "pgrok-k3s-" + name);
      Files.createDirectories(folder);
      var file = folder.resolve("kubeconfig");
      Files.writeString(file, container.getKubeConfigYaml());
      file.toFile().setReadable(false, false);
      file.toFile().setReadable(true, true);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void load(List<Path> imageTars) {
    for (var tar : imageTars) {
      var inside = "/tmp/image.tar";
      container.copyFileToContainer(MountableFile.forHostPath(tar), inside);
      execute("ctr", "--namespace", "k8s.io", "images", "import", inside);
      execute("rm", inside);
    }
  }

  @Override
  public InetSocketAddress publicAddress() {
    return InetSocketAddress.createUnresolved(
        container.getHost(), container.getMappedPort(HTTP_NODE_PORT));
  }

  @Override
  public Optional<InetAddress> addressOfThisMachine() {
    return container.getContainerInfo().getNetworkSettings().getNetworks().values().stream()
        .map(network -> InetAddress.ofLiteral(network.getGateway()))
        .findFirst();
  }

  @Override
  public boolean canCrashPods() {
    return true;
  }

  @Override
  public void crashPod(String namespace, String pod) {
    var address = kubectl(namespace, "get", "pod", pod, "-o", "jsonpath={.status.podIP}").strip();
    execute("iptables", "-I", "FORWARD", "-s", address, "-j", "DROP");
    execute("iptables", "-I", "FORWARD", "-d", address, "-j", "DROP");
    execute(
        "sh",
        "-c",
        """
        sandbox=$(crictl pods --namespace "$0" --name "$1" --quiet)
        for container in $(crictl ps --pod "$sandbox" --quiet); do
          kill -9 "$(crictl inspect --output go-template --template '{{.info.pid}}' "$container")"
        done
        """,
        namespace,
        pod);
    kubectl(namespace, "delete", "pod", pod, "--grace-period=0", "--force");
  }

  @Override
  public boolean isOurs() {
    return true;
  }

  @Override
  public void remove() {
    if (container.isRunning()) {
      container.stop();
      return;
    }
    var docker = DockerClientFactory.lazyClient();
    docker
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of(LABEL, name))
        .exec()
        .forEach(found ->
            docker
                .removeContainerCmd(found.getId())
                .withForce(true)
                .withRemoveVolumes(true)
                .exec());
  }

  private String kubectl(String namespace, String... words) {
    var command = new String[words.length + 3];
    command[0] = "kubectl";
    command[1] = "--namespace";
    command[2] = namespace;
    System.arraycopy(words, 0, command, 3, words.length);
    return execute(command);
  }

  private String execute(String... words) {
    try {
      var result = container.execInContainer(words);
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(
            "`%s` in the K3s container: %s".formatted(String.join(" ", words), result.getStderr()));
      }
      return result.getStdout();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
