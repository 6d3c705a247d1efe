package io.pgrok.operator.ingress;

import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.pgrok.operator.owned.Ours;

/** Which Ingresses concern us. */
public final class OurIngresses {

  private OurIngresses() {}

  /** See {@link Ours.Added}. */
  public static final class Added extends Ours.Added<Ingress> {
    public Added() {
      super(IngressTunnels::isOurs);
    }
  }

  /** See {@link Ours.Updated}. */
  public static final class Updated extends Ours.Updated<Ingress> {
    public Updated() {
      super(IngressTunnels::isOurs);
    }
  }

  /** See {@link Ours.Pruned}. */
  public static final class Pruned extends Ours.Pruned<Ingress> {
    public Pruned() {
      super(
          IngressTunnels::isOurs, metadata -> new IngressBuilder().withMetadata(metadata).build());
    }
  }
}
