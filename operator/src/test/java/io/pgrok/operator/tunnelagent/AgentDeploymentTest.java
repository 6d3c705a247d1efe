package io.pgrok.operator.tunnelagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.pgrok.crds.tunnelagent.TunnelAgent;
import io.pgrok.operator.Manifest;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.agent.DeployedAgents;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentDeploymentTest {

  private final OperatorConfig config =
      new SmallRyeConfigBuilder()
          .addDefaultInterceptors()
          .addDiscoveredConverters()
          .withMapping(OperatorConfig.class)
          .withDefaultValues(
              Map.of(
                  "pgrok.namespace", "pgrok",
                  "pgrok.agent.image", "pgrok/agent:1",
                  "pgrok.sidecars.requests.cpu", "10m",
                  "pgrok.sidecars.limits.memory", "192Mi"))
          .build()
          .getConfigMapping(OperatorConfig.class);

  private Deployment deployment(String spec) {
    return AgentDeployment.of(
        Manifest.read(
            TunnelAgent.class,
            """
            apiVersion: pgrok.io/v1alpha1
            kind: TunnelAgent
            metadata: {name: fast, namespace: shop, uid: u1}
            spec: %s
            """
                .formatted(spec)),
        config);
  }

  @Test
  void withoutAWordItIsOneAgentLikeASidecar() {
    var deployment = deployment("{}");
    var container = deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
    assertThat(deployment.getSpec().getReplicas()).isEqualTo(1);
    assertThat(container.getImage()).isEqualTo("pgrok/agent:1");
    assertThat(container.getResources().getRequests())
        .containsExactly(Map.entry("cpu", Quantity.parse("10m")));
    assertThat(container.getResources().getLimits())
        .containsExactly(Map.entry("memory", Quantity.parse("192Mi")));
  }

  @Test
  void whatTheOwnerSaysCounts() {
    var deployment =
        deployment(
            """
            {replicas: 3, image: "mirror/agent:2", nodeSelector: {disk: fast}, priorityClassName: high,
             tolerations: [{key: edge, operator: Exists}],
             resources: {limits: {memory: 1Gi}}}
            """);
    var pod = deployment.getSpec().getTemplate().getSpec();
    assertThat(deployment.getSpec().getReplicas()).isEqualTo(3);
    assertThat(pod.getNodeSelector()).containsExactly(Map.entry("disk", "fast"));
    assertThat(pod.getPriorityClassName()).isEqualTo("high");
    assertThat(pod.getTolerations()).extracting("key").containsExactly("edge");
    assertThat(pod.getContainers().getFirst().getImage()).isEqualTo("mirror/agent:2");
    assertThat(pod.getContainers().getFirst().getResources().getLimits())
        .containsExactly(Map.entry("memory", Quantity.parse("1Gi")));
    assertThat(pod.getContainers().getFirst().getResources().getRequests())
        .containsExactly(Map.entry("cpu", Quantity.parse("10m")));
  }

  @Test
  void itsPodsMountAllOfItsSecretsWhichNeedNotExistYet() {
    var volume =
        deployment("{}").getSpec().getTemplate().getSpec().getVolumes().stream()
            .filter(it -> it.getName().equals("config"))
            .findFirst()
            .orElseThrow();
    assertThat(volume.getProjected().getSources())
        .extracting(source -> source.getSecret().getName())
        .isEqualTo(DeployedAgents.secretNames("fast"))
        .hasSize(17);
    assertThat(volume.getProjected().getSources())
        .allSatisfy(source -> assertThat(source.getSecret().getOptional()).isTrue());
  }

  @Test
  void itIsLockedDownAndGoesWithItsOwner() {
    var deployment = deployment("{}");
    var pod = deployment.getSpec().getTemplate().getSpec();
    var security = pod.getContainers().getFirst().getSecurityContext();
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    assertThat(security.getRunAsNonRoot()).isTrue();
    assertThat(security.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(security.getReadOnlyRootFilesystem()).isTrue();
    assertThat(security.getAllowPrivilegeEscalation()).isFalse();
    assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(deployment.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner -> assertThat(owner.getUid()).isEqualTo("u1"));
    assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
        .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
  }
}
