package io.pgrok.operator.sidecar;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.pgrok.operator.Labels;
import io.pgrok.operator.agent.AgentContainer;
import io.pgrok.operator.agent.Carrier;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operator's part of a workload's pod template. Pure; equal input gives equal output.
 *
 * @param image of the agent
 * @param pullPolicy of the image
 * @param requests container resources
 * @param limits container resources
 * @param statusPort where the operator reads the agent's status
 */
record SidecarTemplate(
    String image,
    String pullPolicy,
    Map<String, String> requests,
    Map<String, String> limits,
    int statusPort) {

  /** Name of the container. */
  static final String CONTAINER = "pgrok";

  static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

  private static final String SESSIONS = "pgrok-sessions";
  private static final String SESSIONS_FOLDER = "/etc/pgrok/sessions";
  private static final String SCRATCH = "pgrok-scratch";
  private static final String API_TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

  /**
   * A strategic merge patch that takes out what {@link #render} puts in, whoever manages it. An
   * annotation for kubectl may be the workload's own, and stays.
   */
  static final String REMOVAL =
      """
      {"spec": {"template": {
        "metadata": {"labels": {"%s": null}, "annotations": {"%s": null}},
        "spec": {
          "initContainers": [{"$patch": "delete", "name": "%s"}],
          "volumes": [{"$patch": "delete", "name": "%s"}, {"$patch": "delete", "name": "%s"}]}}}}
      """
          .formatted(Labels.AGENT, Labels.WORKLOAD, CONTAINER, SESSIONS, SCRATCH);

  /**
   * @param secret name of the Secret with the sessions
   * @param defaultContainer that kubectl takes when none is named; null to leave it to the workload
   */
  PodTemplateSpec render(
      Carrier.Sidecar carrier, String secret, @Nullable String defaultContainer) {
    var template =
        new PodTemplateSpecBuilder()
            .withNewMetadata()
            .addToLabels(Labels.AGENT, Labels.SIDECAR)
            .addToAnnotations(
                Labels.WORKLOAD, carrier.kind().kubernetesKind() + "/" + carrier.name())
            .endMetadata()
            .withNewSpec()
            .withInitContainers(container())
            .addNewVolume()
            .withName(SESSIONS)
            .withNewSecret()
            .withSecretName(secret)
            // A pod must start whether or not the operator got to write the Secret.
            .withOptional(true)
            .endSecret()
            .endVolume()
            .addToVolumes(AgentContainer.scratch(SCRATCH))
            .endSpec();
    if (defaultContainer != null) {
      template.editMetadata().addToAnnotations(DEFAULT_CONTAINER, defaultContainer).endMetadata();
    }
    return template.build();
  }

  /**
   * No probes: a server that cannot be reached must neither delay nor unready the pod. The empty
   * folder over the API token's makes the API server leave the token out of this container.
   */
  private Container container() {
    return AgentContainer.of(
            CONTAINER,
            image,
            pullPolicy,
            AgentContainer.resources(requests, limits),
            SESSIONS,
            SESSIONS_FOLDER,
            SCRATCH)
        .withRestartPolicy("Always")
        .withArgs("-config=" + SESSIONS_FOLDER, "-statusaddr=0.0.0.0:" + statusPort, "start-all")
        .addNewVolumeMount()
        .withName(SCRATCH)
        .withMountPath(API_TOKEN_FOLDER)
        .withReadOnly(true)
        .endVolumeMount()
        .build();
  }
}
