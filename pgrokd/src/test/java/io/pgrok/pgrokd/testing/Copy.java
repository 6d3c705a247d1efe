package io.pgrok.pgrokd.testing;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/** Copies of records with some components changed: tests name only what they are about. */
public final class Copy {

  private Copy() {}

  /**
   * @param changes names of components and their new values, in turn
   */
  public static <R extends Record> R of(R original, Object... changes) {
    @SuppressWarnings("unchecked")
    Class<R> type = (Class<R>) original.getClass();
    RecordComponent[] components = type.getRecordComponents();
    List<String> names = Arrays.stream(components).map(RecordComponent::getName).toList();
    try {
      Object[] values = new Object[components.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = components[i].getAccessor().invoke(original);
      }
      for (int i = 0; i < changes.length; i += 2) {
        values[names.indexOf(changes[i])] = changes[i + 1];
      }
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class[]::new);
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
