package io.pgrok.operator.tunnel;

import io.pgrok.crds.tunnel.Header;
import io.pgrok.crds.tunnel.TunnelSpec;
import io.pgrok.crds.tunnel.UpstreamTls;
import io.pgrok.operator.status.Resolution;
import io.pgrok.protocol.agent.AgentConfig.UpstreamConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the private service of a Tunnel is spoken to. Pure, given the Secrets. */
final class Upstream {

  private static final UpstreamConfig PLAIN =
      new UpstreamConfig(null, Map.of(), Map.of(), null, null, null);
  private static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----";

  private Upstream() {}

  /** Empty for the plain way. */
  static Resolution<Optional<UpstreamConfig>> of(TunnelSpec spec, SecretReader secrets) {
    return headers(spec.requestHeaders(), secrets)
        .then(request ->
            headers(spec.responseHeaders(), secrets)
                .then(response ->
                    authorities(spec.upstreamTls(), secrets)
                        .then(ca -> Resolution.of(config(spec, request, response, ca)))));
  }

  private static Optional<UpstreamConfig> config(
      TunnelSpec spec,
      Map<String, String> request,
      Map<String, String> response,
      Optional<String> ca) {
    var tls = spec.upstreamTls();
    var config =
        new UpstreamConfig(
            spec.hostHeader(),
            request,
            response,
            spec.proxyProtocol() == null
                ? null
                : spec.proxyProtocol().name().toLowerCase(Locale.ROOT),
            ca.orElse(null),
            tls == null ? null : tls.insecureSkipVerify());
    return config.equals(PLAIN) ? Optional.empty() : Optional.of(config);
  }

  private static Resolution<Map<String, String>> headers(
      @Nullable List<Header> headers, SecretReader secrets) {
    Resolution<Map<String, String>> all = Resolution.of(Map.of());
    for (var header : Objects.requireNonNullElse(headers, List.<Header>of())) {
      all =
          all.then(before ->
              value(header, secrets).then(value -> Resolution.of(with(before, header, value))));
    }
    return all;
  }

  private static Map<String, String> with(Map<String, String> before, Header header, String value) {
    var after = new LinkedHashMap<>(before);
    after.put(header.name(), value);
    return after;
  }

  private static Resolution<String> value(Header header, SecretReader secrets) {
    if (header.valueFrom() == null) {
      return Resolution.of(Objects.requireNonNullElse(header.value(), ""));
    }
    var key = header.valueFrom().secretKeyRef();
    return secrets.line(key.name(), key.key());
  }

  private static Resolution<Optional<String>> authorities(
      @Nullable UpstreamTls tls, SecretReader secrets) {
    if (tls == null || tls.caSecretName() == null) {
      return Resolution.of(Optional.empty());
    }
    String name = tls.caSecretName();
    return secrets
        .text(name, "ca.crt")
        .then(pem ->
            pem.contains(CERTIFICATE)
                ? Resolution.of(Optional.of(pem))
                : SecretReader.invalid(name, "ca.crt", "must hold certificates in PEM"));
  }
}
