package io.pgrok.crds.tunnelserver;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.pgrok.crds.Pgrok;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a pgrokd is and how to log in to it.
 *
 * @param address {@code host:port} of its tunnel port, as seen from the agents' pods
 * @param domain below which it publishes subdomains
 * @param defaultServer {@code default}: whether Tunnels that name no server use this one
 * @param connectionSecret the credentials; null for an open server with a publicly trusted
 *     certificate
 * @param grants who may claim what; null for everybody everything, empty for nobody anything
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TunnelServerSpec(
    @JsonPropertyDescription("host:port of the tunnel port, as the agents' pods reach it.")
        @Required
        @Size(min = 1, max = 300)
        @ValidationRule(
            value =
                "self.matches('^([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?|\\\\[[0-9a-fA-F:.]+\\\\]):[0-9]{1,5}$')",
            message =
                "address must be host:port of the server's tunnel port, such as"
                    + " tunnels.example.com:4443 or [2001:db8::1]:4443, without a scheme")
        String address,
    @JsonPropertyDescription("The domain below which the server publishes subdomains.")
        @Required
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = Pgrok.IS_DOMAIN,
            message =
                "domain must be a lower-case DNS name such as tunnels.example.com, without scheme,"
                    + " port or wildcard")
        String domain,
    @JsonProperty("default")
        @JsonPropertyDescription("Tunnels that name no server use the one that says true here.")
        @Nullable Boolean defaultServer,
    @JsonPropertyDescription(
            "The credentials. Left out: no token, and the server's certificate must be publicly"
                + " trusted.")
        @Nullable ConnectionSecret connectionSecret,
    @JsonPropertyDescription(
            "Which namespaces may claim which names and ports. Left out: all namespaces share the"
                + " server, and the oldest Tunnel that asks for a name has it. Given: what no grant"
                + " lists is refused.")
        @Size(max = 32)
        @Nullable List<NamespaceGrant> grants) {

  public TunnelServerSpec {
    grants = grants == null ? null : List.copyOf(grants);
  }

  /** Whether Tunnels that name no server use this one. */
  public boolean isDefault() {
    return Boolean.TRUE.equals(defaultServer);
  }

  /**
   * A Secret of the operator's own namespace: who may write a TunnelServer, which belongs to no
   * namespace, must not make the operator read the Secrets of any.
   *
   * @param name of the Secret; its keys are {@code ca.crt}, {@code token}, {@code signing.jwk}
   */
  public record ConnectionSecret(
      @JsonPropertyDescription(
              "Name of a Secret in the operator's namespace with label pgrok.io/connection. Its keys,"
                  + " each of which may be left out: ca.crt (PEM), token, and signing.jwk (a private"
                  + " Ed25519 key), with which the operator makes each agent a token of its own.")
          @Required
          @Size(min = 1, max = 253)
          String name) {}
}
