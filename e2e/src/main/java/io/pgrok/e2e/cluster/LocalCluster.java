package io.pgrok.e2e.cluster;

import io.pgrok.e2e.Repository;
import io.pgrok.e2e.command.Command;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The single-node cluster of {@code deploy/local-cluster}, which needs Linux and root but no
 * Docker.
 *
 * @param name tells clusters on one machine apart
 */
record LocalCluster(Repository repository, String name) implements Cluster {

  /** Building Kubernetes takes long the first time. */
  private static final Duration START_LIMIT = Duration.ofMinutes(60);

  /** What keeps it from running on this machine; empty when nothing does. */
  Optional<String> obstacle() {
    var check = script("check").result();
    return check.status() == 0 ? Optional.empty() : Optional.of(check.error());
  }

  @Override
  public String description() {
    return "a local single-node Kubernetes, of programs built here";
  }

  @Override
  public void start() {
    script("up").within(START_LIMIT).run();
  }

  @Override
  public Path kubeconfig() {
    return Path.of(script("kubeconfig").output());
  }

  @Override
  public void load(List<Path> imageTars) {
    script(Stream.concat(Stream.of("load-image"), imageTars.stream().map(Path::toString))).run();
  }

  @Override
  public InetSocketAddress publicAddress() {
    var address = script("expose", Integer.toString(HTTP_NODE_PORT)).output().split(":");
    return InetSocketAddress.createUnresolved(address[0], Integer.parseInt(address[1]));
  }

  @Override
  public Optional<InetAddress> addressOfThisMachine() {
    return Optional.of(InetAddress.ofLiteral(script("gateway").output()));
  }

  @Override
  public boolean canCrashPods() {
    return true;
  }

  @Override
  public void crashPod(String namespace, String pod) {
    script("crash-pod", namespace, pod).run();
  }

  @Override
  public boolean isOurs() {
    return true;
  }

  @Override
  public void remove() {
    script("down").run();
  }

  private Command script(String... words) {
    return script(Stream.of(words));
  }

  private Command script(Stream<String> words) {
    return repository.command(
        Stream.concat(Stream.of("deploy/local-cluster/cluster", "--name", name), words)
            .toArray(String[]::new));
  }
}
