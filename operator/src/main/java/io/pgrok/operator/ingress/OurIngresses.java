package io.pgrok.operator.ingress;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnAddFilter;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import io.pgrok.operator.owned.OwnStatus;

/** Which Ingresses concern us: those of our class, and those that were until now. */
public final class OurIngresses {

  private OurIngresses() {}

  /** At the start also what changed its class while no operator ran. */
  public static final class Added implements OnAddFilter<Ingress> {
    @Override
    public boolean accept(Ingress ingress) {
      return IngressTunnels.isOurs(ingress) || OwnStatus.isIn(ingress);
    }
  }

  /** Whatever changes of ours, and leaving our class. */
  public static final class Updated implements OnUpdateFilter<Ingress> {
    @Override
    public boolean accept(Ingress after, Ingress before) {
      return IngressTunnels.isOurs(after) || IngressTunnels.isOurs(before);
    }
  }

  /** Keeps of others' Ingresses only that they exist. */
  public static final class Pruned extends TransformingItemStore<Ingress> {
    public Pruned() {
      super(Pruned::pruned);
    }

    private static Ingress pruned(Ingress whole) {
      if (IngressTunnels.isOurs(whole)) {
        return whole;
      }
      var metadata = whole.getMetadata();
      return new IngressBuilder()
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
