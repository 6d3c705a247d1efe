package io.pgrok.protocol.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that visitors of an https tunnel are shown instead of the server's own ({@link
 * Extension#CERTIFICATE}). It must be for the tunnel's name.
 *
 * @param chain in PEM, the tunnel's certificate first
 * @param key its private key in PEM, not encrypted
 */
public record ShownCertificate(
    @JsonProperty("Chain") String chain, @JsonProperty("Key") String key) {

  public ShownCertificate(@Nullable String chain, @Nullable String key) {
    this.chain = Objects.requireNonNullElse(chain, "");
    this.key = Objects.requireNonNullElse(key, "");
  }

  /** Leaves the key out: this ends up in logs. */
  @Override
  public String toString() {
    return "ShownCertificate[]";
  }
}
