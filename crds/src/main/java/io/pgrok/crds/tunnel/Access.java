package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What visitors must bring. The server enforces it for each request; one that cannot is not asked
 * for the tunnel.
 *
 * @param basicAuth a user name and password
 * @param allowedCidrs where they come from; empty for anywhere
 * @param share a signed link
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Access(
    @JsonPropertyDescription("Visitors must give a user name and password.")
        @Nullable BasicAuth basicAuth,
    @JsonPropertyDescription(
            "Visitors must come from one of these networks or addresses, such as 203.0.113.0/24,"
                + " 2001:db8::/32 or 198.51.100.7.")
        @Size(min = 1, max = 64)
        @ValidationRule(
            value = "self.all(cidr, size(cidr) <= 49 && (isCIDR(cidr) || isIP(cidr)))",
            message =
                "each of access.allowedCidrs must be a network or an address, such as"
                    + " 203.0.113.0/24, 2001:db8::/32 or 198.51.100.7")
        @ValidationRule(
            value = "self.all(c, !isCIDR(c) || cidr(c).masked() == cidr(c))",
            message =
                "a network of access.allowedCidrs has bits beyond its prefix: write 10.0.0.0/8 for"
                    + " the network, 10.0.0.5 for one address of it")
        @Nullable List<String> allowedCidrs,
    @JsonPropertyDescription(
            "Visitors must come by a link that is signed and expires, or give the password of"
                + " basicAuth.")
        @Nullable Share share) {

  public Access {
    allowedCidrs = allowedCidrs == null ? null : List.copyOf(allowedCidrs);
  }

  /**
   * @param secretName of a Secret with keys {@code username} and {@code password}, as type {@code
   *     kubernetes.io/basic-auth} has them
   */
  public record BasicAuth(
      @JsonPropertyDescription(
              "Name of a Secret of this namespace with label pgrok.io/tunnel-secret: \"true\" and"
                  + " the keys username and password.")
          @Required
          @Size(min = 1, max = 253)
          String secretName) {}

  /**
   * @param secretName of the Secret with the signing key; null for one that the operator makes
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Share(
      @JsonPropertyDescription(
              "Name of a Secret of this namespace with label pgrok.io/tunnel-secret: \"true\" and"
                  + " the key key: 32 random bytes in base64. Left out: the operator makes"
                  + " <name of the Tunnel>-share.")
          @Size(min = 1, max = 253)
          @Nullable String secretName) {}
}
