package io.pgrok.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What charts carry that is made or kept elsewhere. */
class CarriedFilesTest {
  private static final Path CRDS = Path.of("pgrok-operator/files/crds");

  @Test
  void theGeneratedCrdsAreUnchanged() throws IOException {
    List<Path> generated;
    try (Stream<Path> files = Files.list(CRDS)) {
      generated = files.toList();
    }
    for (Path file : generated) {
      JsonNode crd = Chart.YAML.readTree(file.toFile());
      JsonNode rendered =
          Chart.OPERATOR.object("CustomResourceDefinition", crd.at("/metadata/name").asText());

      assertThat(numbers(rendered.path("spec"))).isEqualTo(numbers(crd.path("spec")));
    }
    assertThat(Chart.OPERATOR.objects())
        .filteredOn(it -> it.path("kind").asText().equals("CustomResourceDefinition"))
        .hasSameSizeAs(generated)
        .isNotEmpty();
  }

  @Test
  void theDashboardIsUnchanged() throws IOException {
    JsonNode rendered =
        Chart.PGROKD.object(
            "ConfigMap", "pgrokd-dashboard", "metrics: {dashboard: {enabled: true}}");

    assertThat(Chart.YAML.readTree(rendered.at("/data/pgrokd.json").asText()))
        .isEqualTo(Chart.YAML.readTree(Chart.PGROKD.path.resolve("files/dashboard.json").toFile()));
  }

  /** Linked files themselves, the pod of {@code helm test}, and no suites. */
  @ParameterizedTest
  @EnumSource
  void aPackageRendersTheSameAndLeavesTheSuitesOut(Chart chart, @TempDir Path dir)
      throws Exception {
    chart.helm().packageIt().withDestination(dir).call();

    Path archive;
    try (Stream<Path> files = Files.list(dir)) {
      archive = files.findFirst().orElseThrow();
    }
    assertThat(chart.textOf(archive)).isEqualTo(chart.text());
    Process tar = new ProcessBuilder("tar", "-tzf", archive.toString()).start();
    assertThat(new String(tar.getInputStream().readAllBytes(), UTF_8).lines())
        .contains(chart.path + "/templates/tests/check.yaml")
        .noneMatch(it -> it.startsWith(chart.path + "/tests/"));
  }

  /** Helm writes 65535.0 as 65535: equal numbers, other nodes. */
  private static JsonNode numbers(JsonNode node) {
    JsonNode copy = node.deepCopy();
    normalize(copy);
    return copy;
  }

  private static void normalize(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (var field : object.properties()) {
        if (field.getValue().isNumber()) {
          field.setValue(object.numberNode(field.getValue().doubleValue()));
        }
      }
    }
    node.forEach(CarriedFilesTest::normalize);
  }
}
