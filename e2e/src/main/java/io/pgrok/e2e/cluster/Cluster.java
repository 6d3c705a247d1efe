package io.pgrok.e2e.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A Kubernetes cluster: not started yet, running, or removed. Used by one thread. */
public sealed interface Cluster permits NamedCluster, K3sCluster, LocalCluster {

  /** The port that every node forwards to pgrokd's HTTP listener. */
  int HTTP_NODE_PORT = 30080;

  /** What kind of cluster this is, for people. */
  String description();

  /**
   * Makes it run, or finds it running.
   *
   * @throws RuntimeException when it does not come up, saying why
   */
  void start();

  /** The credentials of an administrator; once started. */
  Path kubeconfig();

  /** Makes the images of these tars known to its nodes; those that it has already cost little. */
  void load(List<Path> imageTars);

  /** Where, on this machine, the pgrokd behind {@link #HTTP_NODE_PORT} is reached. */
  InetSocketAddress publicAddress();

  /**
   * An address of this machine at which the nodes reach it; empty where there is none that is
   * known.
   */
  Optional<InetAddress> addressOfThisMachine();

  /** Whether {@link #crashPod} works here. */
  boolean canCrashPods();

  /**
   * Cuts a pod off from the network and kills it, as a failing node does: its peers hear nothing,
   * no FIN and no RST. The pod is deleted afterwards, so that its owner makes another.
   */
  void crashPod(String namespace, String pod);

  /** Whether {@link #start} makes the cluster, rather than someone else. */
  boolean isOurs();

  /** Removes whatever {@link #start} made; does nothing when there is nothing. */
  void remove();
}
