package io.pgrok.crds.tunnel;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.pgrok.crds.Pgrok;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to expose, and as what.
 *
 * @param server name of a TunnelServer; null for the default one
 * @param protocol what visitors speak; {@code http} when left out
 * @param subdomain one label below the server's domain, or a template of one with {@code {name}},
 *     {@code {namespace}}, {@code {label:<key>}} and {@code {annotation:<key>}}; null for one made
 *     of name and namespace
 * @param hostname a whole public name instead of a subdomain
 * @param remotePort public TCP port, 1 to 65535; null for any
 * @param service the target when the shared agent carries the tunnel; not together with {@code
 *     workload}
 * @param paths where requests to some paths go instead of to {@code service}; without that, others
 *     are answered 404. Null for nowhere else
 * @param workload the target when a sidecar carries it
 * @param access what visitors must bring; null for nothing
 * @param redirectHttps whether plain HTTP is redirected to HTTPS
 * @param appProtocol what the private service speaks; null for what the Service's port says, else
 *     {@code http}
 * @param upstreamTls how the certificate of an https private service is checked
 * @param hostHeader {@code preserve} (as null), {@code rewrite}, or the value to send
 * @param requestHeaders set on requests to the private service
 * @param responseHeaders set on responses to visitors
 * @param proxyProtocol how the private service is told the visitor's address; null for not at all
 * @param agent the TunnelAgent that carries it; null for the shared one
 * @param inspect whether the agent's inspector captures; null for the agent's default
 * @param ttl time from the Tunnel's creation to its end, such as {@code 8h}; null for no end
 * @param idleAfter time without a visit after which it ends; null for never
 * @param suspend whether it is closed for now; its name stays its own
 * @param tls the certificate that visitors over https are shown; null for the server's own
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "(has(self.service) || has(self.paths)) != has(self.workload)",
    message =
        "say what to expose: either service: {name, port} or workload: {kind, name, port}, and not"
            + " both; paths go with service or alone")
@ValidationRule(
    value = "self.protocol in ['http', 'https'] || !has(self.paths)",
    message = "paths go with protocol: http or https; a tcp or tls tunnel leads to one service")
@ValidationRule(
    value = "!has(self.agent) || !has(self.workload)",
    message =
        "agent goes with service; a workload is exposed by the sidecar in its own pods: leave agent"
            + " out")
@ValidationRule(
    value = "!has(self.subdomain) || !has(self.hostname)",
    message =
        "give either subdomain (one label below the server's domain) or hostname (a whole name),"
            + " not both")
@ValidationRule(
    value =
        "self.protocol in ['http', 'https'] || !has(self.access) || (!has(self.access.basicAuth) &&"
            + " !has(self.access.share))",
    message =
        "visitors of a tcp or tls tunnel cannot be asked for a password or a link: leave"
            + " access.basicAuth and access.share out; access.allowedCidrs goes with every"
            + " protocol")
@ValidationRule(
    value =
        "self.protocol in ['http', 'https'] || (!has(self.appProtocol) && !has(self.upstreamTls) &&"
            + " !has(self.hostHeader) && !has(self.requestHeaders) && !has(self.responseHeaders) &&"
            + " !has(self.inspect))",
    message =
        "appProtocol, upstreamTls, hostHeader, requestHeaders, responseHeaders and inspect go with"
            + " protocol: http or https; a tcp or tls tunnel passes bytes through")
@ValidationRule(
    value = "self.protocol == 'http' || !has(self.redirectHttps) || !self.redirectHttps",
    message = "redirectHttps goes with protocol: http; the others are not served over plain HTTP")
@ValidationRule(
    value = "self.protocol in ['http', 'https'] || !has(self.tls)",
    message =
        "tls goes with protocol: http or https; the private service of a tcp or tls tunnel shows its"
            + " own certificate")
@ValidationRule(
    value = "!has(self.upstreamTls) || !has(self.appProtocol) || self.appProtocol == 'https'",
    message = "upstreamTls goes with appProtocol: https")
@ValidationRule(
    value = "self.protocol != 'tcp' || (!has(self.subdomain) && !has(self.hostname))",
    message =
        "a tcp tunnel is reached by its port: leave subdomain and hostname out; remotePort asks for"
            + " a certain port")
@ValidationRule(
    value = "self.protocol == 'tcp' || !has(self.remotePort)",
    message =
        "remotePort goes with protocol: tcp; an http, https or tls tunnel is named by subdomain or"
            + " hostname")
public record TunnelSpec(
    @JsonPropertyDescription(
            "Name of the TunnelServer that publishes this tunnel. Left out: the default one.")
        @Size(min = 1, max = 253)
        @Nullable String server,
    @JsonPropertyDescription(
            "What visitors speak. http is served over HTTP, and over HTTPS where the server listens"
                + " for it; https over HTTPS only; tls passes TLS through to a private service that"
                + " ends it, by the name that the visitor asks for; tcp passes bytes through.")
        @Default("http")
        Protocol protocol,
    @JsonPropertyDescription(
            "One DNS label: the tunnel is published as <subdomain>.<domain of the server>. It may"
                + " hold {name}, {namespace}, {label:<key>} and {annotation:<key>} of the Tunnel;"
                + " what a label cannot have becomes a hyphen, and what is too long is cut and gets"
                + " a hash. Left out: <name>-<hash of namespace and name>.")
        @Size(max = 253)
        @ValidationRule(
            value = "self.contains('{') || (size(self) <= 63 && " + Pgrok.IS_LABEL + ")",
            message =
                "subdomain must be one DNS label: lower-case letters, digits and inner hyphens,"
                    + " such as web or pr-42; use hostname for a name with dots")
        @ValidationRule(
            value =
                "!self.contains('{') ||"
                    + " self.matches('^([-a-z0-9]|[{](name|namespace|(label|annotation):[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?)[}])+$')",
            message =
                "a subdomain with { } is a template of lower-case letters, digits, hyphens, {name},"
                    + " {namespace}, {label:<key>} and {annotation:<key>}, such as pr-{label:pr}")
        @Nullable String subdomain,
    @JsonPropertyDescription(
            "A whole public host name instead of a subdomain. Its DNS must point to the server.")
        @Size(max = 253)
        @ValidationRule(
            value = Pgrok.IS_DOMAIN,
            message =
                "hostname must be a whole lower-case DNS name such as shop.example.com, without"
                    + " scheme, port, path or wildcard; other scripts as xn--bcher-kva.example")
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
            "Where requests to some paths go: to other Services of the same namespace. The longest"
                + " path that matches has a request; what none matches goes to service, or is"
                + " answered 404 when that is left out.")
        @Size(min = 1, max = 100)
        @Nullable List<PathTarget> paths,
    @JsonPropertyDescription(
            "Expose the pods of a workload of the same namespace, by a sidecar in them. Adding and"
                + " removing it rolls the workload's pods.")
        @Nullable WorkloadTarget workload,
    @JsonPropertyDescription("What visitors must bring. Left out: everybody may come.")
        @Nullable Access access,
    @JsonPropertyDescription("Redirect plain HTTP to HTTPS.") @Nullable Boolean redirectHttps,
    @JsonPropertyDescription(
            "What the private service speaks. Left out: what appProtocol of the Service's port says"
                + " (http, https, kubernetes.io/h2c, grpc), else http.")
        @Nullable AppProtocol appProtocol,
    @JsonPropertyDescription("How the certificate of an https private service is checked.")
        @Nullable UpstreamTls upstreamTls,
    @JsonPropertyDescription(
            "The Host header that the private service gets: preserve (the public name, also when"
                + " left out), rewrite (its own address), or a value.")
        @Size(max = 253)
        @ValidationRule(
            value = "self.matches('^[A-Za-z0-9]([-A-Za-z0-9._]*[A-Za-z0-9])?(:[0-9]{1,5})?$')",
            message =
                "hostHeader must be preserve, rewrite, or a host name with or without a port, such"
                    + " as shop.internal:8080")
        @Nullable String hostHeader,
    @JsonPropertyDescription("Headers to set on each request to the private service.")
        @Size(min = 1, max = 32)
        @Nullable List<Header> requestHeaders,
    @JsonPropertyDescription("Headers to set on each response to the visitor.")
        @Size(min = 1, max = 32)
        @Nullable List<Header> responseHeaders,
    @JsonPropertyDescription(
            "Tell the private service the visitor's address in a PROXY protocol header.")
        @Nullable ProxyProtocol proxyProtocol,
    @JsonPropertyDescription(
            "Whether the agent's inspector captures requests. Left out: the agent's default.")
        @Nullable Boolean inspect,
    @JsonPropertyDescription(
            "The tunnel is closed so long after the Tunnel was created, for example 8h or 2d12h;"
                + " units d, h, m, s. Annotation pgrok.io/extend with a time such as"
                + " 2030-01-31T18:00:00Z keeps it open until then.")
        @Size(max = 24)
        @ValidationRule(value = Pgrok.IS_SPAN, message = "ttl must be " + Pgrok.A_SPAN)
        @Nullable String ttl,
    @JsonPropertyDescription(
            "The tunnel is closed when nobody has visited it for so long, for example 2h."
                + " Annotation pgrok.io/extend keeps it open as with ttl.")
        @Size(max = 24)
        @ValidationRule(value = Pgrok.IS_SPAN, message = "idleAfter must be " + Pgrok.A_SPAN)
        @Nullable String idleAfter,
    @JsonPropertyDescription("Close the tunnel for now. Its name stays its own.")
        @Nullable Boolean suspend,
    @JsonPropertyDescription(
            "Name of a TunnelAgent of the same namespace that carries the tunnel. Left out: the"
                + " shared agent.")
        @Size(min = 1, max = 253)
        @Nullable String agent,
    @JsonPropertyDescription(
            "A certificate for the tunnel's name. Left out: the server's own is shown.")
        @Nullable Tls tls) {

  /** A tunnel with nothing but a name and a target. */
  public TunnelSpec(
      @Nullable String server,
      Protocol protocol,
      @Nullable String subdomain,
      @Nullable String hostname,
      @Nullable Integer remotePort,
      @Nullable ServiceTarget service,
      @Nullable WorkloadTarget workload) {
    this(server, protocol, subdomain, hostname, remotePort, service, null, workload, null, null);
  }

  /** A tunnel with nothing but a name and its certificate, targets and who may visit. */
  public TunnelSpec(
      @Nullable String server,
      Protocol protocol,
      @Nullable String subdomain,
      @Nullable String hostname,
      @Nullable Integer remotePort,
      @Nullable ServiceTarget service,
      @Nullable List<PathTarget> paths,
      @Nullable WorkloadTarget workload,
      @Nullable Access access,
      @Nullable Tls tls) {
    this(
        server,
        protocol,
        subdomain,
        hostname,
        remotePort,
        service,
        paths,
        workload,
        access,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        tls);
  }

  public TunnelSpec {
    protocol = protocol == null ? Protocol.HTTP : protocol;
    paths = paths == null ? null : List.copyOf(paths);
    requestHeaders = requestHeaders == null ? null : List.copyOf(requestHeaders);
    responseHeaders = responseHeaders == null ? null : List.copyOf(responseHeaders);
  }
}
