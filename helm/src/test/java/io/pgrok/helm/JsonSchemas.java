package io.pgrok.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The strict JSON schemas of one Kubernetes version, as kubeconform wants them: a file for each
 * kind. They are made from Kubernetes' own OpenAPI document and from CRDs, which both allow more
 * than they list.
 */
final class JsonSchemas {
  private static final String DEFINITIONS = "definitions/";
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
  private static final String QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";

  /** The document says: a string. */
  private static final String A_QUANTITY =
      """
      type: [string, number]
      pattern: '^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+)?$'
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  JsonSchemas(Path folder, Path openApi) throws IOException {
    this.folder = folder;
    ObjectNode definitions = (ObjectNode) JSON.readTree(openApi.toFile()).get("definitions");
    definitions.set(QUANTITY, Chart.YAML.readTree(A_QUANTITY));
    for (var definition : definitions.properties()) {
      JsonNode schema = definition.getValue();
      close(schema);
      write(DEFINITIONS + definition.getKey(), schema);
      JsonNode kinds = schema.path("x-kubernetes-group-version-kind");
      if (kinds.size() == 1) { // what stands for more is no resource, such as DeleteOptions
        write(file(kinds.get(0), kinds.at("/0/version").asText()), reference(definition.getKey()));
      }
    }
  }

  void add(JsonNode crd) throws IOException {
    for (JsonNode version : crd.at("/spec/versions")) {
      ObjectNode schema = version.at("/schema/openAPIV3Schema").deepCopy();
      ObjectNode properties = schema.withObject("/properties");
      properties.putObject("apiVersion").put("type", "string");
      properties.putObject("kind").put("type", "string");
      close(schema);
      properties.set("metadata", reference(META));
      ObjectNode kind = crd.get("spec").get("names").deepCopy();
      kind.set("group", crd.at("/spec/group"));
      write(file(kind, version.get("name").asText()), schema);
    }
  }

  /** For kubeconform's {@code -schema-location}. */
  String location() {
    return folder + "/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json";
  }

  private static String file(JsonNode kind, String version) {
    String group = kind.get("group").asText();
    return "%s/%s_%s"
        .formatted(
            group.isEmpty() ? version : group,
            kind.get("kind").asText().toLowerCase(Locale.ROOT),
            version);
  }

  private static ObjectNode reference(String definition) {
    return JSON.createObjectNode().put("$ref", "../" + DEFINITIONS + definition + ".json");
  }

  private void write(String name, JsonNode schema) throws IOException {
    Path path = folder.resolve(name + ".json");
    Files.createDirectories(path.getParent());
    JSON.writeValue(path.toFile(), schema);
  }

  /**
   * Lets no field through that is not listed, whether it is written by mistake or of a later
   * version, and brings Kubernetes' extensions into the words of JSON schemas.
   */
  private static void close(JsonNode node) {
    if (!(node instanceof ObjectNode schema)) {
      return; // additionalProperties: true
    }
    schema.remove("description");
    if (schema.path("$ref").isTextual()) {
      schema.put("$ref", schema.get("$ref").asText().replace("#/definitions/", "") + ".json");
    }
    schema.path("properties").forEach(JsonSchemas::close);
    close(schema.path("items"));
    close(schema.path("additionalProperties"));
    if (schema.has("properties")
        && !schema.has("additionalProperties")
        && !schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
      schema.put("additionalProperties", false);
    }
    if (schema.path("x-kubernetes-int-or-string").asBoolean()
        || schema.path("format").asText().equals("int-or-string")) {
      schema.putArray("type").add("integer").add("string");
    }
    if (schema.path("nullable").asBoolean() && schema.path("type").isTextual()) {
      schema.putArray("type").add(schema.get("type").asText()).add("null");
    }
  }
}
