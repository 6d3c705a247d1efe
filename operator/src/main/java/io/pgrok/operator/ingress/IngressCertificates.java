package io.pgrok.operator.ingress;

import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Which Secret has the certificate of a host of an Ingress. Pure. */
final class IngressCertificates {

  private IngressCertificates() {}

  /**
   * The first entry of {@code tls} that names the host, then the first with a wildcard for it, then
   * the first that names none.
   *
   * @param host lower case; empty for none
   * @return the Secret's name; empty for the server's own certificate
   */
  static Optional<String> of(Ingress ingress, String host) {
    int dot = host.indexOf('.');
    String wildcard = dot < 0 ? "" : "*" + host.substring(dot);
    return Stream.of(host, wildcard)
        .filter(name -> !name.isEmpty())
        .flatMap(name -> entries(ingress).filter(entry -> hosts(entry).contains(name)))
        .findFirst()
        .or(() -> entries(ingress).filter(entry -> hosts(entry).isEmpty()).findFirst())
        .map(IngressTLS::getSecretName)
        .filter(name -> !name.isEmpty());
  }

  private static Stream<IngressTLS> entries(Ingress ingress) {
    return Stream.ofNullable(ingress.getSpec().getTls()).flatMap(List::stream);
  }

  private static List<String> hosts(IngressTLS entry) {
    return Objects.requireNonNullElse(entry.getHosts(), List.of());
  }
}
