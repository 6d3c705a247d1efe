package io.pgrok.operator.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.pgrok.operator.Manifest;
import org.junit.jupiter.api.Test;

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

  @Test
  void defaultContainerOfSomeoneElseIsLeft() {
    var theirs = DEPLOYMENT.replace("\"f:kubectl.kubernetes.io/default-container\"", "\"f:x\"");

    assertThat(Workload.of(Manifest.read(Deployment.class, theirs)).wantedDefaultContainer())
        .isNull();
  }

  @Test
  void containerOfTheNameAloneIsNoSidecar() {
    var foreign = DEPLOYMENT.replace(", pgrok.io/agent: sidecar", "");

    assertThat(Workload.of(Manifest.read(Deployment.class, foreign)).hasSidecar()).isFalse();
  }
}
