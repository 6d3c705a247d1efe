package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.e2e.command.CommandFailedException;
import io.pgrok.e2e.install.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The API server itself takes every object that the charts can render: known fields only, valid
 * values, pods that the restricted Pod Security Standard admits. Kinds of other projects are
 * checked against those projects' own CRDs.
 */
@ExtendWith(PgrokExtension.class)
class ManifestsE2E {

  private static final String ARGO_CD = "argocd";

  /** Of this test's own: in the quickstart's the examples' objects exist, in another form. */
  private static final String EXAMPLES = "examples";

  private final Pgrok pgrok;

  @TempDir private Path folder;

  ManifestsE2E(Pgrok pgrok) {
    this.pgrok = pgrok;
  }

  @BeforeAll
  static void otherProjectsKindsAreKnown(Pgrok pgrok) {
    for (var crd : foreignCrds(pgrok)) {
      kubectl(pgrok, "apply", "--server-side", "--filename", crd);
      // 'wait' fails where there are no conditions yet, just after the creation.
      await()
          .atMost(Duration.ofMinutes(2))
          .ignoreException(CommandFailedException.class)
          .untilAsserted(() ->
              kubectl(pgrok, "wait", "--for=condition=Established", "--timeout=1m", "-f", crd));
    }
    kubectl(pgrok, "create", "namespace", ARGO_CD);
    kubectl(pgrok, "create", "namespace", EXAMPLES);
    kubectl(pgrok, "label", "namespace", EXAMPLES, "pod-security.kubernetes.io/warn=restricted");
  }

  @AfterAll
  static void otherProjectsKindsGo(Pgrok pgrok) {
    foreignCrds(pgrok).forEach(crd -> kubectl(pgrok, "delete", "--filename", crd));
    kubectl(pgrok, "delete", "namespace", ARGO_CD, EXAMPLES);
  }

  private static List<String> foreignCrds(Pgrok pgrok) {
    return pgrok
        .installation()
        .repository()
        .command("deploy/local-cluster/foreign-crds/paths")
        .output()
        .lines()
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pgrokd-everything", "pgrokd-ingress", "pgrok-operator-everything"})
  void whatTheChartsRenderIsValid(String values) throws IOException {
    var chart = values.startsWith("pgrokd") ? "helm/pgrokd" : "helm/pgrok-operator";
    var rendered =
        pgrok
            .tools()
            .helm(
                "template",
                "check",
                chart,
                "--namespace",
                Installation.NAMESPACE,
                "--values",
                "e2e/src/test/resources/charts/%s.yaml".formatted(values))
            .output();

    accepts(Files.writeString(folder.resolve("rendered.yaml"), rendered));
  }

  /** But those of Flux, which PreviewsE2E applies where Flux runs. */
  static Stream<Path> examples() throws IOException {
    try (var files = Files.walk(Repository.ofCurrentFolder().root().resolve("deploy"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.getFileName().toString().matches("install.*|kustomization.yaml"))
          .filter(file -> !file.toString().contains("/flux/"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsValid(Path example) {
    boolean saysWhere = example.toString().contains("/argocd/");
    accepts(example, saysWhere ? List.of() : List.of("--namespace", EXAMPLES));
  }

  /** Objects that say where they belong. */
  private void accepts(Path manifest) {
    accepts(manifest, List.of());
  }

  private void accepts(Path manifest, List<String> where) {
    var words =
        Stream.concat(
            where.stream(),
            Stream.of(
                "--dry-run=server",
                "--validate=strict",
                "--server-side",
                "--force-conflicts",
                // Not kubectl's own, or it tries to migrate what 'kubectl apply' has left in
                // objects.
                "--field-manager=manifests",
                "--filename",
                manifest.toString()));
    var answer =
        pgrok
            .tools()
            .kubectl(Stream.concat(Stream.of("apply"), words).toArray(String[]::new))
            .result();
    // Warnings are there, too: of pods that would be refused, and of fields that are not known.
    assertThat(answer.error()).as("%s", manifest).isEmpty();
    assertThat(answer.status()).isZero();
  }

  private static void kubectl(Pgrok pgrok, String... words) {
    pgrok.tools().kubectl(words).output();
  }
}
