package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * A header to set.
 *
 * @param name of the header
 * @param value as it is; empty to remove the header; exactly one of the two
 * @param valueFrom where the value is; exactly one of the two
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.value) != has(self.valueFrom)",
    message =
        "give each header either value (empty removes the header) or valueFrom.secretKeyRef, and"
            + " not both")
public record Header(
    @JsonPropertyDescription("Name of the header.")
        @Required
        @Size(max = 128)
        @ValidationRule(
            value = "self.matches('^[-!#$%&*+.^_`|~0-9A-Za-z]+$')",
            message = "a header's name has letters, digits and hyphens, such as X-Team")
        @ValidationRule(
            value =
                "!(self.lowerAscii() in ['host', 'connection', 'content-length',"
                    + " 'transfer-encoding', 'upgrade', 'te', 'trailer', 'keep-alive',"
                    + " 'proxy-connection'])",
            message =
                "this header belongs to the connection and cannot be set (for Host use hostHeader)")
        String name,
    @JsonPropertyDescription("Its value. Empty: the header is removed.")
        @Size(max = 4096)
        @ValidationRule(
            value = "!self.matches('[\\\\x00-\\\\x08\\\\x0a-\\\\x1f\\\\x7f]')",
            message = "a header's value is one line without control characters")
        @Nullable String value,
    @JsonPropertyDescription("Where its value is.") @Nullable ValueFrom valueFrom) {

  /**
   * @param secretKeyRef a key of a Secret
   */
  public record ValueFrom(
      @JsonPropertyDescription("A key of a Secret of this namespace.") @Required
          SecretKeyRef secretKeyRef) {}

  /**
   * @param name of the Secret
   * @param key in it
   */
  public record SecretKeyRef(
      @JsonPropertyDescription(
              "Name of a Secret of this namespace with label pgrok.io/tunnel-secret: \"true\".")
          @Required
          @Size(min = 1, max = 253)
          String name,
      @JsonPropertyDescription("Key in the Secret.") @Required @Size(min = 1, max = 253)
          String key) {}
}
