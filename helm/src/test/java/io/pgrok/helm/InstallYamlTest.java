package io.pgrok.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The manifests for people without Helm are what the charts render. Run with {@code
 * -Dinstall.yaml=write} to write them anew.
 */
class InstallYamlTest {
  private static final String NAMESPACE = "pgrok";

  private static final Map<String, String> HEADS =
      Map.of(
          "pgrok-operator",
          """
          # The operator and the shared agent, without Helm. Made from helm/pgrok-operator; do not edit.
          #
          #   kubectl apply --server-side -f deploy/install.yaml
          """,
          "pgrokd",
          """
          # The public server, without Helm. Made from helm/pgrokd; do not edit.
          #
          #   sed s/tunnels.example.com/YOUR.DOMAIN/ deploy/install-pgrokd.yaml | kubectl apply --server-side -f -
          """);

  private static final String NAMESPACE_OBJECT =
      """
      apiVersion: v1
      kind: Namespace
      metadata:
        name: pgrok
        labels:
          pod-security.kubernetes.io/enforce: restricted
      """;

  @ParameterizedTest
  @CsvSource({
    "pgrok-operator, pgrok, ../deploy/install.yaml",
    "pgrokd, pgrokd, ../deploy/install-pgrokd.yaml"
  })
  void isWhatTheChartRenders(String chart, String release, Path file) throws IOException {
    String rendered = HEADS.get(chart) + NAMESPACE_OBJECT + render(chart, release);

    if ("write".equals(System.getProperty("install.yaml"))) {
      Files.writeString(file, rendered);
    }
    assertThat(Files.readString(file))
        .as("run ./mvnw -pl helm test -Dinstall.yaml=write and commit %s", file)
        .isEqualTo(rendered);
  }

  private static String render(String chart, String release) {
    TemplateCommand command = new Helm(Path.of(chart)).template();
    if (chart.equals("pgrokd")) {
      command.set("domain", "tunnels.example.com");
    } else {
      command.set("crds.keep", "false"); // says something to Helm only
    }
    return command
            .withName(release)
            .withNamespace(NAMESPACE)
            .withKubeVersion("1.34.0")
            .call()
            .lines()
            .filter(line -> !line.matches(" *(helm.sh/|app.kubernetes.io/managed-by:|# Source:).*"))
            .collect(Collectors.joining("\n"))
        + "\n";
  }
}
