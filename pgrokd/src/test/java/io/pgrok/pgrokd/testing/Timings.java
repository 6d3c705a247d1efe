package io.pgrok.pgrokd.testing;

import io.pgrok.pgrokd.config.Timing;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;

/** Time-outs that no test waits for, but for those that it is about. */
public final class Timings {

  private Timings() {}

  /**
   * @param changes names of {@link Timing}'s components and their milliseconds, in turn
   */
  public static Timing with(Object... changes) {
    RecordComponent[] components = Timing.class.getRecordComponents();
    Object[] values = new Object[components.length];
    Arrays.fill(values, Duration.ofMinutes(1));
    for (int i = 0; i < changes.length; i += 2) {
      int index =
          Arrays.stream(components).map(RecordComponent::getName).toList().indexOf(changes[i]);
      values[index] = Duration.ofMillis((Integer) changes[i + 1]);
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new);
    try {
      return Timing.class.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
