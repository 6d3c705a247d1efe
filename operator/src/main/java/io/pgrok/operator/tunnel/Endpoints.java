package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a Service leads. Pure.
 *
 * @param ready whether one of its endpoints takes visitors
 * @param forbidden an address that would lead out of the cluster's pods; empty when there is none
 */
record Endpoints(boolean ready, Optional<String> forbidden) {

  static Endpoints of(List<EndpointSlice> slices) {
    return new Endpoints(
        endpoints(slices).anyMatch(Endpoints::isReady),
        endpoints(slices)
            .flatMap(endpoint -> endpoint.getAddresses().stream())
            .filter(Endpoints::isForbidden)
            .findFirst());
  }

  /** What has to be kept of a slice's endpoints to answer the same. */
  static List<Endpoint> essence(List<Endpoint> endpoints) {
    var forbidden =
        endpoints.stream().filter(e -> e.getAddresses().stream().anyMatch(Endpoints::isForbidden));
    return Stream.concat(
            endpoints.stream().filter(Endpoints::isReady).limit(1).map(Endpoints::bare),
            forbidden.limit(1).map(Endpoints::bare))
        .distinct()
        .toList();
  }

  private static Stream<Endpoint> endpoints(List<EndpointSlice> slices) {
    return slices.stream()
        .flatMap(slice ->
            Objects.requireNonNullElse(slice.getEndpoints(), List.<Endpoint>of()).stream());
  }

  private static Endpoint bare(Endpoint endpoint) {
    var bare = new Endpoint();
    bare.setAddresses(endpoint.getAddresses());
    bare.setConditions(endpoint.getConditions());
    return bare;
  }

  /** A condition that is left out means ready (API reference of EndpointConditions). */
  private static boolean isReady(Endpoint endpoint) {
    return endpoint.getConditions() == null
        || !Boolean.FALSE.equals(endpoint.getConditions().getReady());
  }

  /**
   * Loopback, link-local (cloud metadata is there) and unspecified addresses. The API server
   * refuses most of them; an agent that followed one would be an open proxy.
   */
  private static boolean isForbidden(String address) {
    try {
      var parsed = InetAddress.ofLiteral(address);
      return parsed.isLoopbackAddress()
          || parsed.isLinkLocalAddress()
          || parsed.isAnyLocalAddress()
          || parsed.isMulticastAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
