package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A workload of the Tunnel's own namespace, whose pods get the sidecar.
 *
 * @param port where a container of the pod listens on its loopback or pod address, 1 to 65535
 */
public record WorkloadTarget(
    @JsonPropertyDescription("Kind of the workload.") @Required Kind kind,
    @JsonPropertyDescription("Its name, in the Tunnel's namespace.")
        @Required
        @Size(min = 1, max = 253)
        String name,
    @JsonPropertyDescription("The port on which a container of its pods listens.")
        @Required
        @Min(1)
        @Max(65535)
        Integer port) {

  /** The kinds whose pod template takes a sidecar. */
  public enum Kind {
    @JsonProperty("Deployment")
    DEPLOYMENT("Deployment"),
    @JsonProperty("StatefulSet")
    STATEFUL_SET("StatefulSet"),
    @JsonProperty("DaemonSet")
    DAEMON_SET("DaemonSet");

    private final String kubernetesKind;

    Kind(String kubernetesKind) {
      this.kubernetesKind = kubernetesKind;
    }

    /** As Kubernetes spells it, of API group {@code apps/v1}. */
    public String kubernetesKind() {
      return kubernetesKind;
    }
  }
}
