package io.pgrok.pgrokd.kubernetes;

/**
 * Which object is meant.
 *
 * @param group API group, empty for the core one
 * @param plural such as {@code secrets}
 */
record Resource(String group, String plural, String namespace, String name) {

  static Resource secret(String namespace, String name) {
    return new Resource("", "secrets", namespace, name);
  }

  static Resource deployment(String namespace, String name) {
    return new Resource("apps", "deployments", namespace, name);
  }

  String collection() {
    String root = group.isEmpty() ? "/api/v1" : "/apis/" + group + "/v1";
    return "%s/namespaces/%s/%s".formatted(root, namespace, plural);
  }

  String path() {
    return collection() + "/" + name;
  }
}
