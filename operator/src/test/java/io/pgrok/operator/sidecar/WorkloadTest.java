package io.pgrok.operator.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.pgrok.operator.Manifest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadTest {

  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        namespace: ns
        name: web
        uid: u-1
        generation: 7
        managedFields:
        - {manager: helm, operation: Update, time: "2026-01-01T10:00:00Z", fieldsV1: {"f:spec": {}}}
        - {manager: kubectl, operation: Update, time: "2026-01-01T11:00:00Z", fieldsV1: {"f:spec": {}}}
        - {manager: kcm, operation: Update, subresource: status, time: "2026-01-01T12:00:00Z"}
        - manager: pgrok-operator
          operation: Apply
          time: "2026-01-01T12:00:00Z"
          fieldsV1: {"f:spec": {"f:template": {"f:metadata": {"f:annotations": {"f:kubectl.kubernetes.io/default-container": {}}}}}}
      spec:
        template:
          metadata:
            labels: {app: web, pgrok.io/agent: sidecar}
            annotations: {kubectl.kubernetes.io/default-container: app, other: x}
          spec:
            initContainers: [{name: setup, image: i}, {name: pgrok, image: i}]
            containers: [{name: app, image: i, env: [{name: BIG, value: "…"}]}, {name: second, image: i}]
      """;

  @Test
  void readsWhatTheOperatorNeeds() {
    var workload = Workload.of(Manifest.read(Deployment.class, DEPLOYMENT));

    assertThat(workload.key()).hasToString("Deployment ns/web");
    assertThat(workload.generation()).isEqualTo(7);
    assertThat(workload.hasSidecar()).isTrue();
    assertThat(workload.applied()).isTrue();
    assertThat(workload.lastWriter()).isEqualTo("kubectl");
    assertThat(workload.wantedDefaultContainer()).isEqualTo("app");
  }

  @Test
  void prunedWorkloadReadsTheSame() {
    var whole = Manifest.read(Deployment.class, DEPLOYMENT);

    var pruned = Pruned.of(whole);

    assertThat(Workload.of(pruned)).isEqualTo(Workload.of(whole));
    assertThat(Manifest.write(pruned)).doesNotContain("BIG").doesNotContain("image:");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Deployment  | {replicas: 0, paused: true}         | 0 replicas",
        "Deployment  | {paused: true}                      | paused",
        "Deployment  | {replicas: 1}                       |",
        "StatefulSet | {replicas: 0}                       | 0 replicas",
        "StatefulSet | {updateStrategy: {type: OnDelete}}  | OnDelete",
        "StatefulSet | {podManagementPolicy: Parallel}     |",
        "DaemonSet   | {updateStrategy: {type: OnDelete}}  | OnDelete",
        "DaemonSet   | {updateStrategy: {type: RollingUpdate}} |"
      })
  void saysWhyItMakesNoPods(String kind, String spec, @Nullable String why) {
    var type =
        Map.of(
            "Deployment", Deployment.class,
            "StatefulSet", StatefulSet.class,
            "DaemonSet", DaemonSet.class);
    String manifest =
        """
        apiVersion: apps/v1
        kind: %s
        metadata: {namespace: ns, name: web, uid: u-1}
        spec: {template: {spec: {containers: [{name: app}]}}, %s
        """
            .formatted(kind, spec.substring(1));

    var pruned = Workload.of(Pruned.of(Manifest.read(type.get(kind), manifest)));

    if (why == null) {
      assertThat(pruned.heldBack()).isNull();
    } else {
      assertThat(pruned.heldBack()).contains(why);
    }
  }

  @Test
  void defaultContainerOfSomeoneElseIsLeft() {
    var theirs = DEPLOYMENT.replace("\"f:kubectl.kubernetes.io/default-container\"", "\"f:x\"");

    assertThat(Workload.of(Manifest.read(Deployment.class, theirs)).wantedDefaultContainer())
        .isNull();
  }

  @Test
  void theDeploymentOfATunnelAgentIsNoGuests() {
    var ours = DEPLOYMENT.replace("{\"f:spec\": {", "{\"f:spec\": {\"f:selector\": {}, ");

    assertThat(Workload.of(Manifest.read(Deployment.class, ours)).applied()).isFalse();
  }

  @Test
  void containerOfTheNameAloneIsNoSidecar() {
    var foreign = DEPLOYMENT.replace(", pgrok.io/agent: sidecar", "");

    assertThat(Workload.of(Manifest.read(Deployment.class, foreign)).hasSidecar()).isFalse();
  }
}
