package io.pgrok.e2e.cluster;

import io.pgrok.e2e.Repository;
import io.pgrok.e2e.command.Command;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that exists already and is named by {@code PGROK_CLUSTER}, the path of its kubeconfig.
 *
 * @param loadCommand from {@code PGROK_LOAD_IMAGE}: a command that gets the path of an image tar as
 *     its last argument, such as {@code kind load image-archive}; null when the images are there
 *     already
 * @param node from {@code PGROK_CLUSTER_NODE}: an address at which this machine reaches the node
 *     ports; null for the first node's InternalIP
 */
record NamedCluster(
    Repository repository, Path kubeconfig, @Nullable String loadCommand, @Nullable String node)
    implements Cluster {

  @Override
  public String description() {
    return "the cluster of " + kubeconfig;
  }

  @Override
  public void start() {
    kubectl("version").output();
  }

  @Override
  public void load(List<Path> imageTars) {
    if (loadCommand != null) {
      for (var tar : imageTars) {
        repository
            .command(
                Stream.concat(Stream.of(loadCommand.split("\\s+")), Stream.of(tar.toString()))
                    .toArray(String[]::new))
            .run();
      }
    }
  }

  @Override
  public InetSocketAddress publicAddress() {
    return InetSocketAddress.createUnresolved(
        node == null ? internalAddressOfANode() : node, HTTP_NODE_PORT);
  }

  @Override
  public Optional<InetAddress> addressOfThisMachine() {
    return Optional.empty();
  }

  @Override
  public boolean canCrashPods() {
    return false;
  }

  @Override
  public void crashPod(String namespace, String pod) {
    throw new UnsupportedOperationException("no access to the nodes of " + description());
  }

  @Override
  public boolean isOurs() {
    return false;
  }

  /** Leaves it as it is: someone else made it. */
  @Override
  public void remove() {}

  private String internalAddressOfANode() {
    return kubectl(
            "get",
            "nodes",
            "-o",
            "jsonpath={.items[0].status.addresses[?(@.type==\"InternalIP\")].address}")
        .output();
  }

  private Command kubectl(String... words) {
    var kubectl = repository.command("deploy/local-cluster/build", "--path", "kubectl").output();
    return repository
        .command(Stream.concat(Stream.of(kubectl), Stream.of(words)).toArray(String[]::new))
        .with("KUBECONFIG", kubeconfig.toString());
  }
}
