package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.pgrok.crds.Pgrok;
import org.jspecify.annotations.Nullable;

/**
 * What to expose, and as what.
 *
 * @param server name of a TunnelServer; null for the default one
 * @param protocol what visitors speak; {@code http} when left out
 * @param subdomain one label below the server's domain; null for one made of name and namespace
 * @param hostname a whole public name instead of a subdomain
 * @param remotePort public TCP port, 1 to 65535; null for any
 * @param service the target when the shared agent carries the tunnel; exactly one of the two
 * @param workload the target when a sidecar carries it; exactly one of the two
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.service) != has(self.workload)",
    message =
        "say what to expose: either service: {name, port} or workload: {kind, name, port}, and not"
            + " both")
@ValidationRule(
    value = "!has(self.subdomain) || !has(self.hostname)",
    message =
        "give either subdomain (one label below the server's domain) or hostname (a whole name),"
            + " not both")
@ValidationRule(
    value = "self.protocol != 'tcp' || (!has(self.subdomain) && !has(self.hostname))",
    message =
        "a tcp tunnel is reached by its port: leave subdomain and hostname out; remotePort asks for"
            + " a certain port")
@ValidationRule(
    value = "self.protocol == 'tcp' || !has(self.remotePort)",
    message =
        "remotePort goes with protocol: tcp; an http or https tunnel is named by subdomain or"
            + " hostname")
public record TunnelSpec(
    @JsonPropertyDescription(
            "Name of the TunnelServer that publishes this tunnel. Left out: the default one.")
        @Size(min = 1, max = 253)
        @Nullable String server,
    @JsonPropertyDescription(
            "What visitors speak. http is served over HTTP, and over HTTPS where the server listens"
                + " for it; https over HTTPS only; tcp passes bytes through.")
        @Default("http")
        Protocol protocol,
    @JsonPropertyDescription(
            "One DNS label: the tunnel is published as <subdomain>.<domain of the server>. Left"
                + " out: <name>-<hash of namespace and name>.")
        @Size(min = 1, max = 63)
        @ValidationRule(
            value = Pgrok.IS_LABEL,
            message =
                "subdomain must be one DNS label: lower-case letters, digits and inner hyphens,"
                    + " such as web or pr-42; use hostname for a name with dots")
        @Nullable String subdomain,
    @JsonPropertyDescription(
            "A whole public host name instead of a subdomain. Its DNS must point to the server.")
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = Pgrok.IS_DOMAIN,
            message =
                "hostname must be a whole lower-case DNS name such as shop.example.com, without"
                    + " scheme, port, path or wildcard")
        @Nullable String hostname,
    @JsonPropertyDescription("Public TCP port, for protocol tcp. Left out: any free one.")
        @Min(1)
        @Max(65535)
        @Nullable Integer remotePort,
    @JsonPropertyDescription(
            "Expose a Service of the same namespace. The shared agent carries the tunnel; nothing"
                + " restarts.")
        @Nullable ServiceTarget service,
    @JsonPropertyDescription(
            "Expose the pods of a workload of the same namespace, by a sidecar in them. Adding and"
                + " removing it rolls the workload's pods.")
        @Nullable WorkloadTarget workload) {

  public TunnelSpec {
    protocol = protocol == null ? Protocol.HTTP : protocol;
  }
}
