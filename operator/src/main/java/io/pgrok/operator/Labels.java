package io.pgrok.operator;

import io.fabric8.kubernetes.api.model.ObjectMeta;

/** Labels, annotations and names by which the operator knows its objects. */
public final class Labels {

  /** Field manager of every server-side apply. */
  public static final String FIELD_MANAGER = "pgrok-operator";

  /** On an agent's pod: {@link #SHARED}, {@link #SIDECAR} or {@link #NAMED}. */
  public static final String AGENT = "pgrok.io/agent";

  public static final String SHARED = "shared";
  public static final String SIDECAR = "sidecar";
  public static final String NAMED = "named";

  /** On the pod of a TunnelAgent: as an annotation its name, as a label what fits of it. */
  public static final String TUNNEL_AGENT = "pgrok.io/tunnel-agent";

  /** Annotation of a sidecar's pod: {@code <kind>/<name>} of the workload that it came with. */
  public static final String WORKLOAD = "pgrok.io/workload";

  /** On an agent's pod; changing it makes the kubelet refresh the pod's Secret volumes at once. */
  public static final String CONFIG_HASH = "pgrok.io/config-hash";

  /** On a Secret: it says where a pgrokd is; {@code true} makes a TunnelServer of it. */
  public static final String CONNECTION = "pgrok.io/connection";

  /** On a connection Secret: the name of the TunnelServer that is made of it. */
  public static final String TUNNEL_SERVER = "pgrok.io/tunnel-server";

  /** On a Secret: {@code true} lets the Tunnels of its namespace use it. */
  public static final String TUNNEL_SECRET = "pgrok.io/tunnel-secret";

  /** Annotation of a Tunnel: a time until which it stays open at least, as RFC 3339. */
  public static final String EXTEND = "pgrok.io/extend";

  /** Annotation of an Ingress or a Service of our class: the TunnelServer that publishes it. */
  public static final String SERVER = "pgrok.io/server";

  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  private Labels() {}

  /** Whether the operator made the object that has these labels. */
  public static boolean areOurs(ObjectMeta metadata) {
    return metadata.getLabels() != null
        && FIELD_MANAGER.equals(metadata.getLabels().get(MANAGED_BY));
  }
}
