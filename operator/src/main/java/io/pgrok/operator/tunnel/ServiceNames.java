package io.pgrok.operator.tunnel;

import io.pgrok.crds.tunnel.PathTarget;
import io.pgrok.crds.tunnel.ServiceTarget;
import io.pgrok.crds.tunnel.Tunnel;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The Services that a Tunnel names, all of its own namespace. */
final class ServiceNames {

  private ServiceNames() {}

  /** Each once. */
  static Stream<String> of(Tunnel tunnel) {
    var spec = tunnel.getSpec();
    if (spec == null) {
      return Stream.empty();
    }
    var paths = Objects.requireNonNullElse(spec.paths(), List.<PathTarget>of());
    return Stream.concat(
            Stream.ofNullable(spec.service()).map(ServiceTarget::name),
            paths.stream().map(path -> path.service().name()))
        .distinct();
  }
}
