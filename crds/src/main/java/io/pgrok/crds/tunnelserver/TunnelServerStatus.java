package io.pgrok.crds.tunnelserver;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator knows of a server; written by the operator alone.
 *
 * @param observedGeneration {@code metadata.generation} of the spec that this speaks of
 * @param conditions {@code Ready} first
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TunnelServerStatus(
    @JsonPropertyDescription("The generation of the spec that this status speaks of.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("Ready tells whether agents can log in, and if not, the root cause.")
        List<Condition> conditions) {

  public TunnelServerStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
