package io.pgrok.pgrokd.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Something for each value of an enum.
 *
 * @param all in the order of the values
 */
public record PerValue<E extends Enum<E>, T>(List<T> all) {

  /** Makes one for each value. */
  public static <E extends Enum<E>, T> PerValue<E, T> of(Class<E> type, Function<E, T> make) {
    return new PerValue<>(Arrays.stream(type.getEnumConstants()).map(make).toList());
  }

  public T get(E value) {
    return all.get(value.ordinal());
  }
}
