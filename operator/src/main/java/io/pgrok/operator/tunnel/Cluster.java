package io.pgrok.operator.tunnel;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.agent.ServerConnection;
import io.pgrok.operator.status.Resolution;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What resolving a Tunnel looks up. Answered from watches: no call of it waits. */
interface Cluster {

  /**
   * @param name of a TunnelServer; null for the default one
   */
  Resolution<ServerConnection> server(@Nullable String name);

  Optional<Service> service(String namespace, String name);

  /** Where a Service leads. */
  Endpoints endpoints(String namespace, String service);

  /** A Secret whose namespace lets its Tunnels use it, by label. */
  Optional<Secret> secret(String namespace, String name);

  /** Whether Secrets that Tunnels name are read at all. */
  boolean secretsEnabled();

  /** The labels of a namespace; empty when it has none. */
  Map<String, String> namespaceLabels(String namespace);

  boolean exists(Carrier.Sidecar workload);

  boolean exists(Carrier.Named agent);

  /** Whether {@code workload:} targets are served at all, and agents run in other namespaces. */
  boolean sidecarsEnabled();

  /** The Tunnels of a namespace. */
  Stream<Tunnel> tunnelsIn(String namespace);

  /** The Tunnels, itself among them, that could ask for the same public name as this one. */
  Stream<Tunnel> possibleRivals(Tunnel tunnel);
}
