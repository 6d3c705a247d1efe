package io.pgrok.operator.agent;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The container in which an agent runs, beside an application or by itself: what the strictest Pod
 * Security Standard asks for, its sessions to read and a folder to write to. Pure.
 */
public final class AgentContainer {

  private static final long USER = 65532;

  private AgentContainer() {}

  /**
   * @param sessions name of the volume with its session files
   * @param folder where it finds them
   * @param scratch name of the volume of {@link #scratch}
   */
  public static ContainerBuilder of(
      String name,
      String image,
      String pullPolicy,
      ResourceRequirements resources,
      String sessions,
      String folder,
      String scratch) {
    return new ContainerBuilder()
        .withName(name)
        .withImage(image)
        .withImagePullPolicy(pullPolicy)
        .withResources(resources)
        .withSecurityContext(
            new SecurityContextBuilder()
                .withRunAsNonRoot(true)
                .withRunAsUser(USER)
                .withRunAsGroup(USER)
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .build())
        .addNewVolumeMount()
        .withName(sessions)
        .withMountPath(folder)
        .withReadOnly(true)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName(scratch)
        .withMountPath("/tmp")
        .endVolumeMount();
  }

  /** What it may write to. */
  public static Volume scratch(String name) {
    return new VolumeBuilder()
        .withName(name)
        .withNewEmptyDir()
        .withSizeLimit(new Quantity("32Mi"))
        .endEmptyDir()
        .build();
  }

  /**
   * @param requests amounts by resource, such as {@code memory} to {@code 96Mi}
   * @param limits the same
   */
  public static ResourceRequirements resources(
      Map<String, String> requests, Map<String, String> limits) {
    return new ResourceRequirementsBuilder()
        .withRequests(quantities(requests))
        .withLimits(quantities(limits))
        .build();
  }

  private static Map<String, Quantity> quantities(Map<String, String> amounts) {
    return amounts.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> Quantity.parse(e.getValue())));
  }
}
