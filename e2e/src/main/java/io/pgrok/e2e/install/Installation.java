package io.pgrok.e2e.install;

import io.pgrok.e2e.Repository;
import io.pgrok.e2e.cluster.Cluster;
import io.pgrok.e2e.command.Command;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * pgrok on one cluster: which images, which releases, which public address.
 *
 * @param publicAddress where this machine reaches pgrokd's HTTP listener
 */
public record Installation(Repository repository, Tools tools, InetSocketAddress publicAddress) {

  /** Where both charts are installed. */
  public static final String NAMESPACE = "pgrok";

  /** Names below {@code localhost} lead to the loopback interface in browsers and in curl. */
  public static final String DOMAIN = "pgrok.localhost";

  private static final Map<String, String> MODULE_OF_DEPLOYMENT =
      new TreeMap<>(
          Map.of("pgrokd", "pgrokd", "pgrok-agent", "agent", "pgrok-operator", "operator"));

  /** The tars of all images that an installation and the examples run. */
  public List<Path> images() {
    return List.of(
        repository.imageOf("pgrokd"),
        repository.imageOf("agent"),
        repository.imageOf("operator"),
        repository.sampleImage());
  }

  /**
   * Installs pgrokd or brings it up to date. Beyond the domain it needs to know how it is reached,
   * since there is no load balancer and no port 80 here.
   */
  public Command installServer() {
    return install(
        "pgrokd",
        "helm/pgrokd",
        "--set",
        "domain=" + DOMAIN,
        "--set",
        "tcpPorts={7000,7001}", // those of deploy/tcp and deploy/loadbalancer
        "--set",
        "publicPort=" + publicAddress.getPort(),
        "--set",
        "https=false",
        "--set",
        "service.type=NodePort",
        "--set",
        "service.nodePorts.http=" + Cluster.HTTP_NODE_PORT);
  }

  /** Installs the operator or brings it up to date; it finds pgrokd by itself. */
  public Command installOperator() {
    return install("pgrok-operator", "helm/pgrok-operator");
  }

  /**
   * The Deployments that still run an earlier build of their image: the tag of a development
   * version stays the same, so neither Helm nor Kubernetes sees that there is a newer one.
   */
  public List<String> deploymentsOfEarlierBuilds() {
    var pods =
        tools
            .kubectl(
                "--namespace",
                NAMESPACE,
                "get",
                "pods",
                "-o",
                "jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].imageID}{\"\\n\"}{end}")
            .output()
            .lines()
            .toList();
    return MODULE_OF_DEPLOYMENT.entrySet().stream()
        .filter(entry ->
            pods.stream()
                .filter(pod -> pod.startsWith(entry.getKey() + "-"))
                .anyMatch(pod -> !pod.endsWith(repository.imageIdOf(entry.getValue()))))
        .map(Map.Entry::getKey)
        .toList();
  }

  private Command install(String release, String chart, String... values) {
    var words =
        Stream.concat(
                Stream.of(
                    "upgrade",
                    "--install",
                    release,
                    chart,
                    "--namespace",
                    NAMESPACE,
                    "--create-namespace",
                    "--wait",
                    "--timeout",
                    "2m"),
                Stream.of(values))
            .toArray(String[]::new);
    return tools.helm(words);
  }

  /**
   * The command with which a person fetches a public URL. It tries again for a moment, since nodes
   * learn of a Service that has just been created a second later than the Tunnel's agent does.
   *
   * @param url below {@link #DOMAIN}, with the port of {@link #publicAddress}
   */
  public Command curl(String url) {
    var curl = List.of("curl", "--silent", "--show-error", "--fail", "--retry", "5");
    var route =
        reachesLoopback()
            ? List.<String>of()
            : List.of(
                "--connect-to",
                "::%s:%d".formatted(publicAddress.getHostString(), publicAddress.getPort()));
    return repository.command(
        Stream.of(curl, route, List.of(url)).flatMap(List::stream).toArray(String[]::new));
  }

  private boolean reachesLoopback() {
    return List.of("127.0.0.1", "localhost").contains(publicAddress.getHostString());
  }
}
