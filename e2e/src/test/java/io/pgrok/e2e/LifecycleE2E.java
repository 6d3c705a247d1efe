package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.e2e.install.Installation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The charts on a cluster: checked, upgraded under load, rolled back, uninstalled, back again. */
@ExtendWith(PgrokExtension.class)
class LifecycleE2E {

  private static final String SERVER = "pgrokd";
  private static final String OPERATOR = "pgrok-operator";

  /** What a namespace and its controllers have by themselves. */
  private static final List<String> NOT_OURS =
      List.of("configmap/kube-root-ca.crt", "serviceaccount/default");

  private final Pgrok pgrok;

  LifecycleE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @BeforeEach
  void bothTunnelsAreServed() {
    Wait.until(() -> assertThat(pgrok.visitorOf("web").isServed()).isTrue());
    Wait.until(() -> assertThat(pgrok.visitorOf("app").isServed()).isTrue());
  }

  @Test
  void helmTestPassesForBothCharts() {
    for (var release : List.of(SERVER, OPERATOR)) {
      assertThat(helm("test", release, "--timeout", "2m"))
          .contains("Phase:          Succeeded")
          .doesNotContain("Failed");
    }
  }

  @Test
  void serverIsUpgradedAndRolledBack() throws Exception {
    underLoad(
        "pgrokd is upgraded",
        () -> upgrade(SERVER, "tcpPorts={7000,7001,7002}", "podLabels.round=two"));
    assertThat(portsOfTheServer()).contains(7002);

    underLoad("pgrokd is rolled back", () -> rollBack(SERVER));
    assertThat(portsOfTheServer()).contains(7001).doesNotContain(7002);
  }

  @Test
  void operatorAgentAndTypesAreUpgradedAndRolledBack() throws Exception {
    underLoad(
        "operator and agent are upgraded",
        () -> upgrade(OPERATOR, "labels.round=two", "agent.podLabels.round=two"));
    assertThat(roundOfTheTypes()).containsExactly("two", "two");

    underLoad("operator and agent are rolled back", () -> rollBack(OPERATOR));
    assertThat(roundOfTheTypes()).containsExactly("", "");
  }

  /** Everything is installed again at the end, for the tests that come after this one. */
  @Test
  void uninstallLeavesNothingAndNoNamespaceHangs() {
    try {
      pgrok.uninstall();

      Wait.until(() -> assertThat(namesIn(Installation.NAMESPACE)).isEmpty());
      assertThat(clusterWideNames()).isEmpty();

      // Nobody is left who could remove a finalizer: a Tunnel must not have one.
      kubectl("create", "namespace", "leftover");
      kubectl("apply", "--namespace", "leftover", "--filename", "deploy/http/tunnel.yaml");
      kubectl("delete", "namespace", "leftover", "--timeout=1m");
      pgrok.removeTypesAndNamespace();
      assertThat(kubectl("get", "crd", "--output", "name")).doesNotContain("pgrok.io");
    } finally {
      pgrok.reinstall();
    }
  }

  /** Visitors of both tunnels, while it happens and until both are served again. */
  private void underLoad(String what, Runnable change) throws InterruptedException {
    var load = Load.start(4, () -> pgrok.visitorOf("web"));
    try {
      Wait.until(() -> assertThat(load.answered()).isGreaterThan(100));
      change.run();
      int before = load.answered();
      Wait.until(() -> assertThat(load.answered()).isGreaterThan(before + 200));
    } finally {
      var failures = load.stop();
      Measured.count("requests answered while " + what, load.answered());
      Measured.count("requests failed while " + what, failures.size());
      failures.stream().distinct().limit(5).forEach(failure -> System.out.println("  " + failure));
    }
    bothTunnelsAreServed();
  }

  private void upgrade(String release, String... values) {
    var words = new ArrayList<>(List.of("upgrade", release, "helm/" + release, "--reuse-values"));
    Stream.of(values).flatMap(value -> Stream.of("--set", value)).forEach(words::add);
    words.addAll(List.of("--wait", "--timeout", "3m"));
    helm(words.toArray(String[]::new));
  }

  private void rollBack(String release) {
    helm("rollback", release, "--wait", "--timeout", "3m");
  }

  private List<Integer> portsOfTheServer() {
    return pgrok
        .client()
        .services()
        .inNamespace(Installation.NAMESPACE)
        .withName(SERVER)
        .get()
        .getSpec()
        .getPorts()
        .stream()
        .map(port -> port.getPort())
        .toList();
  }

  private List<String> roundOfTheTypes() {
    return Stream.of("tunnels", "tunnelservers")
        .map(type ->
            kubectl(
                "get", "crd", type + ".pgrok.io", "--output", "jsonpath={.metadata.labels.round}"))
        .toList();
  }

  /** Every object of a namespace, of whatever kind, except Events. */
  private List<String> namesIn(String namespace) {
    var kinds =
        kubectl("api-resources", "--namespaced", "--verbs=list", "--output", "name")
            .lines()
            .filter(kind -> !kind.startsWith("events"))
            .toList();
    return kubectl("get", "--namespace", namespace, String.join(",", kinds), "--output", "name")
        .lines()
        .filter(name -> !NOT_OURS.contains(name))
        .toList();
  }

  /** Cluster-scoped objects of the charts, except the types: those are kept on purpose. */
  private String clusterWideNames() {
    return kubectl(
        "get",
        "clusterroles,clusterrolebindings,ingressclasses",
        "--selector",
        "app.kubernetes.io/part-of=pgrok",
        "--output",
        "name");
  }

  private String kubectl(String... words) {
    return pgrok.tools().kubectl(words).output();
  }

  private String helm(String... words) {
    return pgrok
        .tools()
        .helm(
            Stream.concat(Stream.of(words), Stream.of("--namespace", Installation.NAMESPACE))
                .toArray(String[]::new))
        .output();
  }
}
