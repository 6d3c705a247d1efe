package io.pgrok.operator.tunnel;

import io.pgrok.crds.tunnel.Header;
import io.pgrok.crds.tunnel.Tls;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnel.TunnelSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The Secrets that a Tunnel names, all of its own namespace. Pure. */
final class SecretNames {

  private SecretNames() {}

  static Stream<String> of(Tunnel tunnel) {
    var spec = tunnel.getSpec();
    return spec == null
        ? Stream.empty()
        : Stream.of(
                Demands.shareSecret(tunnel).stream(),
                basicAuth(spec).stream(),
                authorities(spec).stream(),
                Stream.ofNullable(spec.tls()).map(Tls::secretName),
                headers(spec.requestHeaders()),
                headers(spec.responseHeaders()))
            .flatMap(names -> names)
            .distinct();
  }

  private static Optional<String> basicAuth(TunnelSpec spec) {
    return Optional.ofNullable(spec.access())
        .flatMap(access -> Optional.ofNullable(access.basicAuth()))
        .map(auth -> auth.secretName());
  }

  private static Optional<String> authorities(TunnelSpec spec) {
    return Optional.ofNullable(spec.upstreamTls())
        .flatMap(tls -> Optional.ofNullable(tls.caSecretName()));
  }

  private static Stream<String> headers(@Nullable List<Header> headers) {
    return Stream.ofNullable(headers)
        .flatMap(List::stream)
        .map(Header::valueFrom)
        .filter(Objects::nonNull)
        .map(from -> from.secretKeyRef().name());
  }
}
