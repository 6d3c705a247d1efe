package io.pgrok.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A chart's README, which {@code helm show readme} prints, lists every value as the schema
 * describes it. Run with {@code -Dinstall.yaml=write} to write it anew.
 */
class ReadmeTest {
  @ParameterizedTest
  @EnumSource
  void listsEveryValue(Chart chart) throws IOException {
    Path file = chart.path.resolve("README.md");
    String readme = readme(chart);

    if ("write".equals(System.getProperty("install.yaml"))) {
      Files.writeString(file, readme);
    }
    assertThat(Files.readString(file))
        .as("run ./mvnw -pl helm test -Dinstall.yaml=write and commit %s", file)
        .isEqualTo(readme);
  }

  private static String readme(Chart chart) throws IOException {
    JsonNode metadata = Chart.YAML.readTree(chart.path.resolve("Chart.yaml").toFile());
    StringBuilder rows = new StringBuilder();
    rows(
        Chart.YAML.readTree(chart.path.resolve("values.schema.json").toFile()),
        Chart.YAML.readTree(chart.path.resolve("values.yaml").toFile()),
        "",
        rows);
    return """
    # %s

    %s

    ```sh
    helm install -n pgrok --create-namespace %s helm/%s%s
    ```

    Needs Kubernetes %s. What to set when is in `docs/guide/install.md`. Every value, made from `values.yaml` and
    `values.schema.json`:

    | Value | Default | What it says |
    |---|---|---|
    %s\
    """
        .formatted(
            chart.path,
            metadata.get("description").asText(),
            chart.release,
            chart.path,
            chart.required.isEmpty() ? "" : " --set " + chart.required.strip().replace(": ", "="),
            metadata.get("kubeVersion").asText().replaceFirst(">=(.*)[.]0-0", "$1 or later"),
            rows);
  }

  /** A value whose keys the schema knows is as many rows; what is set by its keys is none. */
  private static void rows(JsonNode schema, JsonNode value, String prefix, StringBuilder into) {
    for (var property : schema.get("properties").properties()) {
      String name = prefix + property.getKey();
      JsonNode of = property.getValue();
      JsonNode given = value.path(property.getKey());
      if (of.has("properties") && !given.isEmpty()) {
        rows(of, given, name + ".", into);
      } else {
        String text = of.get("description").asText().replace("|", "\\|").replace("<", "&lt;");
        into.append(
            "| `%s` | `%s` | %s |\n".formatted(name, given.isMissingNode() ? "null" : given, text));
      }
    }
  }
}
