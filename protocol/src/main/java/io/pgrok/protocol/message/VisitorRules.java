package io.pgrok.protocol.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the server demands of each request to a tunnel ({@link Extension#RULES}). An agent that has
 * rules for a tunnel asks for it only where the extension was granted.
 *
 * @param allowedCidrs networks or single addresses that visitors must come from; empty for anywhere
 * @param redirectHttps whether plain HTTP is redirected to HTTPS
 * @param shareKey base64 of the key that signs share links; empty for no such demand
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record VisitorRules(
    @JsonProperty("AllowedCidrs") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<String> allowedCidrs,
    @JsonProperty("RedirectHttps") boolean redirectHttps,
    @JsonProperty("ShareKey") @JsonInclude(JsonInclude.Include.NON_EMPTY) String shareKey) {

  public VisitorRules(
      @Nullable List<String> allowedCidrs, boolean redirectHttps, @Nullable String shareKey) {
    this.allowedCidrs = allowedCidrs == null ? List.of() : List.copyOf(allowedCidrs);
    this.redirectHttps = redirectHttps;
    this.shareKey = Objects.requireNonNullElse(shareKey, "");
  }

  /** Leaves the key out: this ends up in logs. */
  @Override
  public String toString() {
    return "VisitorRules[allowedCidrs=%s, redirectHttps=%s]".formatted(allowedCidrs, redirectHttps);
  }
}
