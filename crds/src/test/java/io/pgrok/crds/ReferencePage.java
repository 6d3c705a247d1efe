package io.pgrok.crds;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page for people, made from the CustomResourceDefinitions as the API server gets them. */
final class ReferencePage {

  static final Path COMMITTED = Path.of("../docs/reference/resources.md");

  private static final String HEAD =
      """
      # Resources

      Made from the types in `crds/`: `./mvnw -pl crds test -Dcrds.write` writes this page anew. The same is in the
      cluster: `kubectl explain tunnel.spec`. What a rule refuses is refused by `kubectl apply`, with the sentence that
      stands under *Rules*; what only a look at the cluster can tell is in the [conditions](conditions.md).
      """;

  private ReferencePage() {}

  /** The page of all definitions of a folder. */
  static String of(Path definitions) {
    try (Stream<Path> files = Files.list(definitions)) {
      return HEAD
          + files
              .sorted()
              .map(ReferencePage::read)
              .map(ReferencePage::resource)
              .collect(Collectors.joining());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CustomResourceDefinition read(Path file) {
    try {
      return Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String resource(CustomResourceDefinition crd) {
    var spec = crd.getSpec();
    var version = spec.getVersions().getFirst();
    var page = new StringBuilder();
    page.append("\n## ").append(spec.getNames().getKind()).append("\n\n");
    page.append(
        "`%s/%s`, %s; `kubectl get %s`, short `%s`.\n"
            .formatted(
                spec.getGroup(),
                version.getName(),
                spec.getScope().equals("Namespaced") ? "namespaced" : "of the whole cluster",
                spec.getNames().getPlural(),
                String.join(", ", spec.getNames().getShortNames())));
    var schema = version.getSchema().getOpenAPIV3Schema();
    objects("spec", schema.getProperties().get("spec"), page);
    objects("status", schema.getProperties().get("status"), page);
    return page.toString();
  }

  /** A table of an object's fields, then one for each object in it. */
  private static void objects(String path, JSONSchemaProps schema, StringBuilder page) {
    page.append("\n### `").append(path).append("`\n\n");
    page.append("| Field | Type | |\n|---|---|---|\n");
    Map<String, JSONSchemaProps> fields = new TreeMap<>(schema.getProperties());
    fields.forEach((name, field) ->
        page.append(
            "| `%s`%s | %s | %s |\n"
                .formatted(
                    name,
                    schema.getRequired().contains(name) ? " (required)" : "",
                    type(field),
                    cell(field))));
    rules(schema, fields, page);
    fields.forEach((name, field) -> {
      var object = field.getItems() == null ? field : field.getItems().getSchema();
      if (!object.getProperties().isEmpty() && !isOfKubernetes(name)) {
        objects(path + "." + name + (object == field ? "" : "[]"), object, page);
      }
    });
  }

  /** Types that every resource has, and that Kubernetes describes. */
  private static boolean isOfKubernetes(String field) {
    return field.equals("conditions") || field.equals("selector");
  }

  private static void rules(
      JSONSchemaProps schema, Map<String, JSONSchemaProps> fields, StringBuilder page) {
    var sentences =
        Stream.concat(Stream.of(schema), fields.values().stream())
            .flatMap(it -> it.getXKubernetesValidations().stream())
            .map(ValidationRule::getMessage)
            .distinct()
            .toList();
    if (!sentences.isEmpty()) {
      page.append("\nRules:\n");
      sentences.forEach(sentence -> page.append("- ").append(escaped(sentence)).append('\n'));
    }
  }

  private static String type(JSONSchemaProps field) {
    if (Boolean.TRUE.equals(field.getXKubernetesIntOrString())) {
      return "integer or string";
    }
    return field.getItems() == null
        ? field.getType()
        : "list of " + type(field.getItems().getSchema());
  }

  private static String cell(JSONSchemaProps field) {
    var parts = new ArrayList<String>();
    if (field.getDescription() != null) {
      parts.add(escaped(field.getDescription()));
    }
    if (!field.getEnum().isEmpty()) {
      parts.add("One of %s.".formatted(values(field.getEnum().stream().map(v -> v.asText()))));
    }
    if (field.getDefault() != null) {
      parts.add("Default `%s`.".formatted(field.getDefault().asText()));
    }
    if (field.getMinimum() != null && field.getMaximum() != null) {
      parts.add("%.0f to %.0f.".formatted(field.getMinimum(), field.getMaximum()));
    }
    return String.join(" ", parts);
  }

  private static String values(Stream<String> values) {
    List<String> sorted = values.sorted(Comparator.naturalOrder()).toList();
    return sorted.stream().map(v -> "`" + v + "`").collect(Collectors.joining(", "));
  }

  /** What would be markup in a table. */
  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
  }
}
