package io.pgrok.operator.loadbalancer;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnAddFilter;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import io.pgrok.operator.owned.OwnStatus;

/** Which Services concern us: those of our class, and those that were until now. */
public final class OurServices {

  private OurServices() {}

  /** At the start also what changed its class while no operator ran. */
  public static final class Added implements OnAddFilter<Service> {
    @Override
    public boolean accept(Service service) {
      return PortTunnels.isOurs(service) || OwnStatus.isIn(service);
    }
  }

  /** Whatever changes of ours, and leaving our class. */
  public static final class Updated implements OnUpdateFilter<Service> {
    @Override
    public boolean accept(Service after, Service before) {
      return PortTunnels.isOurs(after) || PortTunnels.isOurs(before);
    }
  }

  /** Keeps of others' Services only that they exist. */
  public static final class Pruned extends TransformingItemStore<Service> {
    public Pruned() {
      super(Pruned::pruned);
    }

    private static Service pruned(Service whole) {
      if (PortTunnels.isOurs(whole)) {
        return whole;
      }
      var metadata = whole.getMetadata();
      return new ServiceBuilder()
          .withMetadata(
              new ObjectMetaBuilder()
                  .withNamespace(metadata.getNamespace())
                  .withName(metadata.getName())
                  .withUid(metadata.getUid())
                  .withResourceVersion(metadata.getResourceVersion())
                  .withManagedFields(OwnStatus.entries(whole))
                  .build())
          .build();
    }
  }
}
