package io.pgrok.operator;

import io.fabric8.kubernetes.client.utils.Serialization;

/** Resources from YAML, and back. */
public final class Manifest {

  private Manifest() {}

  public static <T> T read(Class<T> type, String yaml) {
    return Serialization.unmarshal(yaml, type);
  }

  public static String write(Object resource) {
    return Serialization.asYaml(resource);
  }
}
