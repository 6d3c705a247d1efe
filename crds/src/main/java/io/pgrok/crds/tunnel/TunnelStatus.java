package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What became of a Tunnel; written by the operator alone.
 *
 * @param url the first of {@code urls}, preferring https; null while there is none
 * @param urls where visitors reach it; empty while it is not registered
 * @param expiresAt when it is closed, as RFC 3339; null while it has no end. With {@code idleAfter}
 *     each visit moves it
 * @param idleSince since when nobody has visited it, as far as known, to a tenth of {@code
 *     idleAfter}; null without {@code idleAfter}
 * @param observedGeneration {@code metadata.generation} of the spec that this speaks of
 * @param conditions {@code Ready} first
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TunnelStatus(
    @JsonPropertyDescription("Where visitors reach the tunnel.") @Nullable String url,
    @JsonPropertyDescription("All its public URLs.") List<String> urls,
    @JsonPropertyDescription("When the tunnel is closed, unless it is extended or visited.")
        @Nullable String expiresAt,
    @JsonPropertyDescription(
            "Since when nobody has visited it; kept only with idleAfter, and not to the second.")
        @Nullable String idleSince,
    @JsonPropertyDescription("The generation of the spec that this status speaks of.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "Ready tells whether visitors get through, and if not, the root cause.")
        List<Condition> conditions) {

  public TunnelStatus {
    urls = urls == null ? List.of() : List.copyOf(urls);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /** The same, with one more condition. */
  public TunnelStatus with(Condition more) {
    return new TunnelStatus(
        url,
        urls,
        expiresAt,
        idleSince,
        observedGeneration,
        Stream.concat(conditions.stream(), Stream.of(more)).toList());
  }
}
