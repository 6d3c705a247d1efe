package io.pgrok.operator.owned;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnAddFilter;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which objects of a kind concern us: those of our class, and those that were until now. The
 * framework makes its filters and stores by name, so each kind has subclasses of these.
 */
public final class Ours {

  private Ours() {}

  /** At the start also what changed its class while no operator ran. */
  public abstract static class Added<T extends HasMetadata> implements OnAddFilter<T> {

    private final Predicate<T> isOurs;

    protected Added(Predicate<T> isOurs) {
      this.isOurs = isOurs;
    }

    @Override
    public boolean accept(T object) {
      return isOurs.test(object) || OwnStatus.isIn(object);
    }
  }

  /** Whatever changes of ours, and leaving our class. */
  public abstract static class Updated<T extends HasMetadata> implements OnUpdateFilter<T> {

    private final Predicate<T> isOurs;

    protected Updated(Predicate<T> isOurs) {
      this.isOurs = isOurs;
    }

    @Override
    public boolean accept(T after, T before) {
      return isOurs.test(after) || isOurs.test(before);
    }
  }

  /** Keeps of others' objects only that they exist. */
  public abstract static class Pruned<T extends HasMetadata> extends TransformingItemStore<T> {

    /**
     * @param remains an object with nothing but these metadata
     */
    protected Pruned(Predicate<T> isOurs, Function<ObjectMeta, T> remains) {
      super(whole -> isOurs.test(whole) ? whole : remains.apply(metadata(whole)));
    }

    private static ObjectMeta metadata(HasMetadata whole) {
      var metadata = whole.getMetadata();
      return new ObjectMetaBuilder()
          .withNamespace(metadata.getNamespace())
          .withName(metadata.getName())
          .withUid(metadata.getUid())
          .withResourceVersion(metadata.getResourceVersion())
          .withManagedFields(OwnStatus.entries(whole))
          .build();
    }
  }
}
