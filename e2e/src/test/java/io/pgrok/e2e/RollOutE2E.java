package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.ServiceTarget;
import io.pgrok.crds.tunnel.TunnelSpec;
import io.pgrok.crds.tunnel.WorkloadTarget;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pods of a workload are replaced, by the operator or by their owner, and no visitor notices. */
@ExtendWith(PgrokExtension.class)
class RollOutE2E {

  private static final String APP = "rolled";
  private static final String BY_SIDECAR = "rolled-sidecar";
  private static final String BY_SERVICE = "rolled-service";

  /** Somebody who waits for a page, and does not give up before pgrokd does. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Pgrok pgrok;

  RollOutE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @AfterEach
  void delete() {
    pgrok.delete(BY_SIDECAR);
    pgrok.delete(BY_SERVICE);
    pgrok.client().resource(service()).delete();
    deployment().delete();
    Wait.until(() -> assertThat(pgrok.podNames(APP)).isEmpty());
  }

  @Test
  void sidecarComesAndGoesAndVisitorsOfTheServiceLoseNothing() throws Exception {
    deploy(3);
    pgrok.create(BY_SERVICE, toService());
    awaitServed(BY_SERVICE);
    var load = Load.start(4, () -> pgrok.visitorOf(BY_SERVICE, PATIENCE));

    var plain = pgrok.podNames(APP);
    pgrok.create(BY_SIDECAR, toWorkload());
    awaitReplaced(plain);
    awaitServed(BY_SIDECAR);

    var withSidecar = pgrok.podNames(APP);
    pgrok.delete(BY_SIDECAR);
    awaitReplaced(withSidecar);

    assertThat(load.stop()).isEmpty();
    Measured.count("requests while a sidecar came and went, none lost", load.answered());
  }

  @Test
  void rollOutOfThreeReplicasLosesNoRequest() throws Exception {
    rollOut(3);
  }

  @Test
  void rollOutOfTheOnlyReplicaLosesNoRequest() throws Exception {
    rollOut(1);
  }

  private void rollOut(int replicas) throws Exception {
    deploy(replicas);
    var plain = pgrok.podNames(APP);
    pgrok.create(BY_SIDECAR, toWorkload());
    awaitReplaced(plain);
    awaitServed(BY_SIDECAR);
    var before = pgrok.podNames(APP);
    var load = Load.start(4, () -> pgrok.visitorOf(BY_SIDECAR, PATIENCE));
    Wait.until(() -> assertThat(load.answered()).isGreaterThan(100));

    deployment().rolling().restart();
    awaitReplaced(before);

    int atThatTime = load.answered();
    Wait.until(() -> assertThat(load.answered()).isGreaterThan(atThatTime + 100));
    assertThat(load.stop()).isEmpty();
    Measured.count(
        "requests while %d replica(s) with a sidecar were rolled out, none lost"
            .formatted(replicas),
        load.answered());
    Measured.print("the longest of them", load.longest());
  }

  private void deploy(int replicas) {
    pgrok.client().resource(app(replicas)).create();
    pgrok.client().resource(service()).create();
    Wait.until(() -> assertThat(readyReplicas()).isEqualTo(replicas));
  }

  private int readyReplicas() {
    var status = deployment().get().getStatus();
    return status.getReadyReplicas() == null ? 0 : status.getReadyReplicas();
  }

  private void awaitServed(String tunnel) {
    Wait.until(() -> assertThat(pgrok.visitorOf(tunnel).isServed()).isTrue());
  }

  /** All pods are others, and as many as there should be are ready. */
  private void awaitReplaced(List<String> before) {
    Wait.until(() -> {
      var pods = pgrok.podNames(APP);
      assertThat(Collections.disjoint(before, pods)).isTrue();
      var deployment = deployment().get();
      assertThat(pods).hasSize(deployment.getSpec().getReplicas());
      assertThat(readyReplicas()).isEqualTo(deployment.getSpec().getReplicas());
    });
  }

  private RollableScalableResource<Deployment> deployment() {
    return pgrok.client().apps().deployments().inNamespace(Pgrok.NAMESPACE).withName(APP);
  }

  /** The sample application of {@code deploy/sidecar}, under another name. */
  private Deployment app(int replicas) {
    var sample =
        pgrok
            .client()
            .apps()
            .deployments()
            .load(Repository.ofCurrentFolder().root().resolve("deploy/sidecar/app.yaml").toFile())
            .item();
    return new DeploymentBuilder(sample)
        .editMetadata()
        .withName(APP)
        .withNamespace(Pgrok.NAMESPACE)
        .endMetadata()
        .editSpec()
        .withReplicas(replicas)
        .editSelector()
        .addToMatchLabels("app", APP)
        .endSelector()
        .editTemplate()
        .editMetadata()
        .addToLabels("app", APP)
        .endMetadata()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static Service service() {
    return new ServiceBuilder()
        .withNewMetadata()
        .withName(APP)
        .withNamespace(Pgrok.NAMESPACE)
        .endMetadata()
        .withNewSpec()
        .addToSelector("app", APP)
        .addNewPort()
        .withPort(80)
        .withNewTargetPort("http")
        .endPort()
        .endSpec()
        .build();
  }

  private static TunnelSpec toService() {
    return new TunnelSpec(
        null, Protocol.HTTP, BY_SERVICE, null, null, new ServiceTarget(APP, null), null);
  }

  private static TunnelSpec toWorkload() {
    return new TunnelSpec(
        null,
        Protocol.HTTP,
        BY_SIDECAR,
        null,
        null,
        null,
        new WorkloadTarget(WorkloadTarget.Kind.DEPLOYMENT, APP, 8080));
  }
}
