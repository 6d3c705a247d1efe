package io.pgrok.crds.tunnelagent;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many agents there are and where they run.
 *
 * @param replicas share the names of their tunnels; 0 takes them off
 * @param image of the agent; null for the operator's own
 * @param resources of the container; null for those of sidecars
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TunnelAgentSpec(
    @JsonPropertyDescription(
            "Agents that share the tunnels: visitors are spread over them, and one may go.")
        @Default("1")
        @Min(0)
        @Max(100)
        Integer replicas,
    @JsonPropertyDescription("Image of the agent. Left out: the one that sidecars have.")
        @Size(min = 1, max = 500)
        @Nullable String image,
    @JsonPropertyDescription("Resources of the container. Left out: those that sidecars have.")
        @Nullable Resources resources,
    @JsonPropertyDescription("Labels of nodes on which the agents may run.")
        @Nullable Map<String, String> nodeSelector,
    @JsonPropertyDescription("Taints of nodes that the agents tolerate.")
        @Nullable List<Toleration> tolerations,
    @JsonPropertyDescription("Name of the PriorityClass of the agents' pods.")
        @Size(min = 1, max = 253)
        @Nullable String priorityClassName) {

  public TunnelAgentSpec {
    replicas = replicas == null ? 1 : replicas;
  }

  /** Amounts such as {@code cpu: 100m} and {@code memory: 128Mi}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Resources(
      @JsonPropertyDescription("What the scheduler reserves, such as cpu: 100m.")
          @Nullable Map<String, String> requests,
      @JsonPropertyDescription("What must not be exceeded, such as memory: 256Mi.")
          @Nullable Map<String, String> limits) {}
}
