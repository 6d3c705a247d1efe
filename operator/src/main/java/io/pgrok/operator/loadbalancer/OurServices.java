package io.pgrok.operator.loadbalancer;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.pgrok.operator.owned.Ours;

/** Which Services concern us. */
public final class OurServices {

  private OurServices() {}

  /** See {@link Ours.Added}. */
  public static final class Added extends Ours.Added<Service> {
    public Added() {
      super(PortTunnels::isOurs);
    }
  }

  /** See {@link Ours.Updated}. */
  public static final class Updated extends Ours.Updated<Service> {
    public Updated() {
      super(PortTunnels::isOurs);
    }
  }

  /** See {@link Ours.Pruned}. */
  public static final class Pruned extends Ours.Pruned<Service> {
    public Pruned() {
      super(PortTunnels::isOurs, metadata -> new ServiceBuilder().withMetadata(metadata).build());
    }
  }
}
