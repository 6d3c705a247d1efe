package io.pgrok.pgrokd.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a Secret must say. Whatever else others put into it (keys, labels, annotations) stays.
 *
 * @param owner whose deletion takes the Secret along
 * @param data decoded
 */
record Secret(
    Resource resource, Owner owner, Map<String, String> labels, Map<String, String> data) {

  /** The chart's Deployment, as it is now: after a reinstallation it has another uid. */
  record Owner(String name, String uid) {}

  Secret {
    labels = Map.copyOf(labels);
    data = Map.copyOf(data);
  }

  /** Names the keys only. */
  @Override
  public String toString() {
    return "Secret[" + resource.path() + ", keys " + data.keySet() + "]";
  }

  /** The decoded text of each key. */
  static Map<String, String> data(JsonNode object) {
    SortedMap<String, String> data = new TreeMap<>();
    for (var entry : object.path("data").properties()) {
      byte[] value = Base64.getDecoder().decode(entry.getValue().asText());
      data.put(entry.getKey(), new String(value, StandardCharsets.UTF_8));
    }
    return data;
  }

  boolean isSaidBy(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    return data(object).entrySet().containsAll(data.entrySet())
        && metadata.path("ownerReferences").equals(json().at("/metadata/ownerReferences"))
        && labels.entrySet().stream()
            .allMatch(
                it -> it.getValue().equals(metadata.path("labels").path(it.getKey()).asText()));
  }

  ObjectNode json() {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "v1").put("kind", "Secret").put("type", "Opaque");
    ObjectNode metadata = object.putObject("metadata");
    metadata.put("name", resource.name()).put("namespace", resource.namespace());
    new TreeMap<>(labels).forEach(metadata.putObject("labels")::put);
    metadata
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", "apps/v1")
        .put("kind", "Deployment")
        .put("name", owner.name())
        .put("uid", owner.uid());
    ObjectNode encoded = object.putObject("data");
    new TreeMap<>(data)
        .forEach((key, value) ->
            encoded.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return object;
  }

  /** The same as a merge patch that only applies to this version of the object. */
  ObjectNode patch(String resourceVersion) {
    ObjectNode patch = json();
    patch.remove("type");
    ((ObjectNode) patch.get("metadata")).put("resourceVersion", resourceVersion);
    return patch;
  }
}
