package io.pgrok.operator.agent;

import io.pgrok.crds.tunnel.WorkloadTarget.Kind;

/** Who carries a tunnel. */
public sealed interface Carrier {

  /** The agent Deployment of the operator's chart. */
  record Shared() implements Carrier {
    @Override
    public String toString() {
      return "shared";
    }
  }

  /** The agents of a TunnelAgent. */
  record Named(String namespace, String name) implements Carrier {
    @Override
    public String toString() {
      return "TunnelAgent %s/%s".formatted(namespace, name);
    }
  }

  /** The sidecar in a workload's own pods. */
  record Sidecar(Kind kind, String namespace, String name) implements Carrier {
    @Override
    public String toString() {
      return "%s %s/%s".formatted(kind.kubernetesKind(), namespace, name);
    }
  }
}
