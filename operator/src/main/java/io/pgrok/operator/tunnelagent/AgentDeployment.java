package io.pgrok.operator.tunnelagent;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.VolumeProjectionBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.pgrok.crds.tunnelagent.TunnelAgent;
import io.pgrok.crds.tunnelagent.TunnelAgentSpec;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.Owner;
import io.pgrok.operator.agent.AgentContainer;
import io.pgrok.operator.agent.DeployedAgents;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The Deployment of a TunnelAgent: as the shared agent's of the chart. Pure. */
final class AgentDeployment {

  private static final String CONFIG = "config";
  private static final String SCRATCH = "tmp";
  private static final String STATUS = "status";

  private AgentDeployment() {}

  static Deployment of(TunnelAgent agent, OperatorConfig config) {
    String name = agent.getMetadata().getName();
    var spec = agent.getSpec();
    var labels =
        Map.of(Labels.AGENT, Labels.NAMED, Labels.TUNNEL_AGENT, DeployedAgents.labelOf(name));
    return new DeploymentBuilder()
        .withNewMetadata()
        .withNamespace(agent.getMetadata().getNamespace())
        .withName(DeployedAgents.objectName(name))
        .addToLabels(Labels.MANAGED_BY, Labels.FIELD_MANAGER)
        .withOwnerReferences(Owner.controller(agent))
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
        .withContainers(container(spec, config))
        .addNewVolume()
        .withName(CONFIG)
        .withNewProjected()
        .withSources(
            DeployedAgents.secretNames(name).stream().map(AgentDeployment::source).toList())
        .endProjected()
        .endVolume()
        .addToVolumes(AgentContainer.scratch(SCRATCH))
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  /** A pod must start whether or not the operator got to write the Secret. */
  private static VolumeProjection source(String secret) {
    return new VolumeProjectionBuilder()
        .withNewSecret()
        .withName(secret)
        .withOptional(true)
        .endSecret()
        .build();
  }

  private static Container container(TunnelAgentSpec spec, OperatorConfig config) {
    return AgentContainer.of(
            "agent",
            Objects.requireNonNullElseGet(spec.image(), () -> config.agent().image()),
            config.agent().imagePullPolicy(),
            resources(spec, config),
            CONFIG,
            "/etc/pgrok",
            SCRATCH)
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
        .build();
  }

  private static ResourceRequirements resources(TunnelAgentSpec spec, OperatorConfig config) {
    var own = spec.resources();
    var otherwise = config.sidecars();
    return AgentContainer.resources(
        own == null || own.requests() == null ? otherwise.requests() : own.requests(),
        own == null || own.limits() == null ? otherwise.limits() : own.limits());
  }
}
