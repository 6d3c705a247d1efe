package io.pgrok.crds.tunnelagent;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a TunnelAgent; written by the operator alone.
 *
 * @param replicas pods that there are
 * @param availableReplicas of them, those that run
 * @param observedGeneration {@code metadata.generation} of the spec that this speaks of
 * @param conditions {@code Ready} first
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TunnelAgentStatus(
    @JsonPropertyDescription("Pods that there are.") @Nullable Integer replicas,
    @JsonPropertyDescription("Pods of them that run.") @Nullable Integer availableReplicas,
    @JsonPropertyDescription("The generation of the spec that this status speaks of.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("Ready tells whether the agents run, and if not, why.")
        List<Condition> conditions) {

  public TunnelAgentStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
