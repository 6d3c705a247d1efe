package io.pgrok.operator.tunnelagent;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.pgrok.crds.tunnelagent.TunnelAgent;
import io.pgrok.crds.tunnelagent.TunnelAgentSpec;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.agent.NamedAgents;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The Deployment of a TunnelAgent: as the shared agent's of the chart. Pure. */
final class AgentDeployment {

  private static final long USER = 65532;
  private static final String CONFIG = "config";
  private static final String SCRATCH = "tmp";
  private static final String STATUS = "status";

  private AgentDeployment() {}

  static Deployment of(TunnelAgent agent, OperatorConfig config) {
    String name = agent.getMetadata().getName();
    var spec = agent.getSpec();
    var labels = Map.of(Labels.AGENT, Labels.NAMED, Labels.TUNNEL_AGENT, NamedAgents.labelOf(name));
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(agent.getMetadata().getNamespace())
        .withName(NamedAgents.objectName(name))
        .addToLabels(Labels.MANAGED_BY, Labels.FIELD_MANAGER)
        .withOwnerReferences(owner(agent))
        .endMetadata()
        .withNewSpec()
        .withReplicas(spec.replicas())
        .withMinReadySeconds(5)
        .withNewStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withNewMaxSurge(1)
        .withNewMaxUnavailable(0)
        .endRollingUpdate()
        .endStrategy()
        .withNewSelector()
        .withMatchLabels(labels)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels)
        .addToAnnotations(Labels.TUNNEL_AGENT, name)
        .endMetadata()
        .withNewSpec()
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withNodeSelector(spec.nodeSelector())
        .withTolerations(Objects.requireNonNullElse(spec.tolerations(), List.of()))
        .withPriorityClassName(spec.priorityClassName())
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(USER)
        .withRunAsGroup(USER)
        .withFsGroup(USER)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .withContainers(container(spec, config))
        .addNewVolume()
        .withName(CONFIG)
        .withNewSecret()
        .withSecretName(NamedAgents.objectName(name))
        // A pod must start whether or not the operator got to write the Secret.
        .withOptional(true)
        .endSecret()
        .endVolume()
        .addNewVolume()
        .withName(SCRATCH)
        .withNewEmptyDir()
        .withSizeLimit(new Quantity("64Mi"))
        .endEmptyDir()
        .endVolume()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static Container container(TunnelAgentSpec spec, OperatorConfig config) {
    var resources = spec.resources();
    return new ContainerBuilder()
        .withName("agent")
        .withImage(Objects.requireNonNullElseGet(spec.image(), () -> config.agent().image()))
        .withImagePullPolicy(config.agent().imagePullPolicy())
        .withArgs(
            "-config=/etc/pgrok",
            "-statusaddr=:" + config.agent().statusPort(),
            "-log=stdout",
            "start-all")
        .addNewPort()
        .withName(STATUS)
        .withContainerPort(config.agent().statusPort())
        .withProtocol("TCP")
        .endPort()
        .withNewLivenessProbe()
        .withNewHttpGet()
        .withPath("/healthz")
        .withNewPort(STATUS)
        .endHttpGet()
        .withPeriodSeconds(10)
        .withTimeoutSeconds(5)
        .withFailureThreshold(6)
        .endLivenessProbe()
        .withNewReadinessProbe()
        .withNewHttpGet()
        .withPath("/healthz")
        .withNewPort(STATUS)
        .endHttpGet()
        .withPeriodSeconds(2)
        .endReadinessProbe()
        .withResources(
            new ResourceRequirementsBuilder()
                .withRequests(
                    quantities(
                        resources == null ? null : resources.requests(),
                        config.sidecars().requests()))
                .withLimits(
                    quantities(
                        resources == null ? null : resources.limits(), config.sidecars().limits()))
                .build())
        .withSecurityContext(
            new SecurityContextBuilder()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build())
        .addNewVolumeMount()
        .withName(CONFIG)
        .withMountPath("/etc/pgrok")
        .withReadOnly(true)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName(SCRATCH)
        .withMountPath("/tmp")
        .endVolumeMount()
        .build();
  }

  private static Map<String, Quantity> quantities(
      @Nullable Map<String, String> own, Map<String, String> otherwise) {
    return Objects.requireNonNullElse(own, otherwise).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> Quantity.parse(e.getValue())));
  }

  /** Kubernetes removes what it owns when the TunnelAgent goes. */
  static OwnerReference owner(TunnelAgent agent) {
    return new OwnerReferenceBuilder()
        .withApiVersion(agent.getApiVersion())
        .withKind(agent.getKind())
        .withName(agent.getMetadata().getName())
        .withUid(agent.getMetadata().getUid())
        .withController(true)
        .build();
  }
}
