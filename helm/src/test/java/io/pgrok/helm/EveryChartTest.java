package io.pgrok.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for both charts. */
class EveryChartTest {
  private static final Set<String> CLUSTER_SCOPED =
      Set.of("ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "IngressClass");

  /** Values of which the defaults give some keys, or none. */
  private static final Set<String> FREE = Set.of(".service.nodePorts", ".sidecars.resources");

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void rendersTheSameBytesTwice(Chart chart) {
    String first = chart.text();
    String second = chart.text();

    assertThat(second).isEqualTo(first).isNotBlank();
  }

  @ParameterizedTest
  @EnumSource
  void rendersNothingSecret(Chart chart) {
    for (JsonNode object : chart.objects()) {
      if (object.path("kind").asText().equals("Secret")) {
        assertThat(object.has("data") || object.has("stringData")).as("%s", object).isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void passesHelmLint(Chart chart) {
    LintResult result = chart.helm().lint().strict().call();

    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void hasTheVersionOfTheProject(Chart chart) throws IOException {
    JsonNode metadata = Chart.YAML.readTree(chart.path.resolve("Chart.yaml").toFile());

    String version = System.getProperty("project.version");
    assertThat(metadata.path("version").asText()).isEqualTo(version);
    assertThat(metadata.path("appVersion").asText()).isEqualTo(version);
  }

  @ParameterizedTest
  @EnumSource
  void putsEverythingIntoTheReleasesNamespace(Chart chart) {
    for (JsonNode object : chart.objects()) {
      String namespace = object.at("/metadata/namespace").asText();
      boolean clusterScoped = CLUSTER_SCOPED.contains(object.path("kind").asText());
      assertThat(namespace).as("%s", object).isEqualTo(clusterScoped ? "" : Chart.NAMESPACE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void labelsEverythingAndAddsTheUsersLabels(Chart chart) {
    for (JsonNode object : chart.objects("labels: {team: edge}")) {
      assertThat(object.at("/metadata/labels/app.kubernetes.io~1part-of").asText())
          .as("%s", object)
          .isEqualTo("pgrok");
      if (!object.at("/metadata/annotations").has("helm.sh/hook")) {
        assertThat(object.at("/metadata/labels/team").asText()).as("%s", object).isEqualTo("edge");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void longReleaseNamesStayValid(Chart chart) {
    for (JsonNode object : Chart.parse(chart.textOfRelease("r".repeat(53)))) {
      assertThat(object.at("/metadata/name").asText()).hasSizeLessThanOrEqualTo(80);
      if (object.path("kind").asText().equals("Service")) {
        assertThat(object.at("/metadata/name").asText()).hasSizeLessThanOrEqualTo(63);
      }
      if (object.path("kind").asText().equals("CronJob")) {
        assertThat(object.at("/metadata/name").asText()).hasSizeLessThanOrEqualTo(52);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesTheValueThatDoesNotExist(Chart chart) {
    assertThatThrownBy(() -> chart.text("nonsense: 1")).hasMessageContaining("nonsense");
  }

  /** A Service that selected it would send it visitors. */
  @ParameterizedTest
  @EnumSource
  void noServiceSelectsPodsOfTestsAndJobs(Chart chart) throws IOException {
    List<JsonNode> objects = chart.objects();
    noneSelects(objects, chart.checkPod(dir).at("/metadata/labels"));
    for (JsonNode object : objects) {
      if (object.path("kind").asText().equals("CronJob")) {
        noneSelects(objects, object.at("/spec/jobTemplate/spec/template/metadata/labels"));
      }
    }
  }

  private static void noneSelects(List<JsonNode> objects, JsonNode labels) {
    assertThat(labels).isNotEmpty();
    for (JsonNode object : objects) {
      for (String selector : List.of("/spec/selector", "/spec/selector/matchLabels")) {
        JsonNode wanted = object.at(selector);
        if (wanted.has("app.kubernetes.io/name")) {
          assertThat(wanted.properties())
              .as("%s", object)
              .anyMatch(it -> !it.getValue().equals(labels.get(it.getKey())));
        }
      }
    }
  }

  /** A value without an entry in the schema could be misspelled unnoticed, or never be set. */
  @ParameterizedTest
  @EnumSource
  void schemaKnowsEveryValueAndNoOther(Chart chart) throws IOException {
    JsonNode values = Chart.YAML.readTree(chart.path.resolve("values.yaml").toFile());
    JsonNode schema =
        Chart.YAML.readTree(Files.readString(chart.path.resolve("values.schema.json")));

    Set<String> known = new TreeSet<>();
    paths(schema, "", known);
    Set<String> given = new TreeSet<>();
    values(values, schema, "", given);

    assertThat(given).isEqualTo(known);
  }

  /** What editors show, and what people read who have no values.yaml at hand. */
  @ParameterizedTest
  @EnumSource
  void schemaDescribesEveryValue(Chart chart) throws IOException {
    JsonNode schema =
        Chart.YAML.readTree(Files.readString(chart.path.resolve("values.schema.json")));

    Set<String> undescribed = new TreeSet<>();
    undescribed(schema, "", undescribed);

    assertThat(undescribed).isEmpty();
  }

  private static void undescribed(JsonNode schema, String prefix, Set<String> into) {
    for (var property : schema.path("properties").properties()) {
      String path = prefix + "." + property.getKey();
      if (property.getValue().path("description").asText().isBlank()) {
        into.add(path);
      }
      undescribed(property.getValue(), path, into);
    }
  }

  private static void paths(JsonNode schema, String prefix, Set<String> into) {
    for (var property : schema.path("properties").properties()) {
      String path = prefix + "." + property.getKey();
      if (property.getValue().has("properties") && !FREE.contains(path)) {
        paths(property.getValue(), path, into);
      } else {
        into.add(path);
      }
    }
  }

  private static void values(JsonNode values, JsonNode schema, String prefix, Set<String> into) {
    for (var value : values.properties()) {
      String path = prefix + "." + value.getKey();
      JsonNode of = schema.path("properties").path(value.getKey());
      if (of.has("properties") && !FREE.contains(path)) {
        values(value.getValue(), of, path, into);
      } else {
        into.add(path);
      }
    }
  }
}
