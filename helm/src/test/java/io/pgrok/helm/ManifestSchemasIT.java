package io.pgrok.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * kubeconform finds no unknown field and no wrong type in what the charts render, nor in the
 * manifests and examples of deploy/: by the schemas of the oldest Kubernetes that a chart supports,
 * of which the tests have no cluster, and of the one that they have.
 */
class ManifestSchemasIT {
  private static final Path DEPLOY = Path.of("../deploy");
  private static final Path LOCAL_CLUSTER = DEPLOY.resolve("local-cluster");
  private static final Path VALUES = Path.of("../e2e/src/test/resources/charts");

  private static final List<Kubernetes> VERSIONS = new ArrayList<>();

  @TempDir private static Path schemas;
  private static String kubeconform;

  @TempDir private Path dir;

  private record Kubernetes(String version, JsonSchemas schemas) {
    int minor() {
      return Integer.parseInt(version.split("[.]", -1)[1]);
    }

    @Override
    public String toString() {
      return version;
    }
  }

  private record Answer(int status, String text) {}

  @BeforeAll
  static void makeSchemas() throws Exception {
    kubeconform = run(LOCAL_CLUSTER + "/build", "--path", "kubeconform").text().strip();
    List<Path> crds = files(Path.of("pgrok-operator/files/crds"), ".yml");
    run(LOCAL_CLUSTER + "/foreign-crds/paths").text().lines().map(Path::of).forEach(crds::add);
    for (String folder : run(LOCAL_CLUSTER + "/flux/crds").text().lines().toList()) {
      crds.addAll(files(Path.of(folder), ".yaml"));
    }
    for (String line : run(LOCAL_CLUSTER + "/openapi/documents").text().lines().toList()) {
      String[] document = line.split(" ", 2);
      var made = new JsonSchemas(schemas.resolve(document[0]), Path.of(document[1]));
      for (Path crd : crds) {
        for (var object : Chart.parse(Files.readString(crd))) {
          made.add(object);
        }
      }
      VERSIONS.add(new Kubernetes(document[0], made));
    }
  }

  static Stream<Kubernetes> versions() {
    return VERSIONS.stream();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void whatTheChartsRenderIsValid(Kubernetes kubernetes) throws Exception {
    for (Chart chart : Chart.values()) {
      if (oldest(chart) <= kubernetes.minor()) {
        render(chart, "default", chart.required, kubernetes);
        for (Path values : files(VALUES, ".yaml")) {
          String name = values.getFileName().toString();
          if (name.startsWith(chart.path + "-")) {
            render(chart, name, Files.readString(values), kubernetes);
          }
        }
      }
    }

    isValid(kubernetes, files(dir, ".rendered.yaml"));
  }

  @ParameterizedTest
  @EnumSource
  void theOldestVersionThatAChartSupportsIsAmongThem(Chart chart) throws IOException {
    assertThat(VERSIONS).extracting(Kubernetes::minor).contains(oldest(chart));
  }

  @Test
  void whatIsAppliedWithoutHelmIsValid() throws Exception {
    List<Path> manifests = files(DEPLOY, ".yaml");
    manifests.removeIf(it -> it.endsWith("kustomization.yaml")); // no API server sees it
    Path preview = DEPLOY.resolve("previews/flux/preview.yaml"); // sync-previews fills it in
    manifests.remove(preview);
    manifests.add(
        Files.writeString(
            dir.resolve("preview.yaml"),
            Files.readString(preview).replace("REPOSITORY", "https://git.example.com/shop")));

    isValid(VERSIONS.getLast(), manifests);
  }

  /** So that the above could fail: with the file, the object, and the field. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          replicas: 1           | replica: 1              | Deployment pgrokd .*'/spec'.*'replica' not allowed
          replicas: 1           | replicas: "1"           | Deployment pgrokd .*'/spec/replicas': got string, want
          cpu: 100m             | cpu: 100 millis         | Deployment pgrokd .*Containers/0/resources/requests/cpu'
          targetPort: http      | targetPort: [http]      | Service pgrokd .*'/spec/ports/0/targetPort': got array
          interval: 30s         | every: 30s              | ServiceMonitor pgrokd .*'/spec/endpoints/0'.*'every'
          apiVersion: policy/v1 | apiVersion: policy/v1b1 | PodDisruptionBudget pgrokd .*could not find schema
          """)
  void namesTheFieldThatIsWrong(String right, String wrong, String message) throws Exception {
    String good =
        Chart.PGROKD.text(
            "podDisruptionBudget: {enabled: true}", "metrics: {serviceMonitor: {enabled: true}}");
    Path file = Files.writeString(dir.resolve("a.yaml"), good.replaceFirst(right, wrong));

    Answer answer = check(VERSIONS.getLast(), List.of(file));

    assertThat(answer.status()).isNotZero();
    assertThat(answer.text()).containsPattern("a[.]yaml - .*" + message).contains("Invalid: ");
  }

  private static void isValid(Kubernetes kubernetes, List<Path> manifests) throws Exception {
    assertThat(manifests).isNotEmpty();
    Answer answer = check(kubernetes, manifests);

    assertThat(answer.status()).as(answer.text()).isZero();
    System.out.printf("Kubernetes %s: %s", kubernetes, answer.text());
  }

  private static Answer check(Kubernetes kubernetes, List<Path> manifests) throws Exception {
    List<String> command = new ArrayList<>(List.of(kubeconform, "-strict", "-summary"));
    command.addAll(List.of("-kubernetes-version", kubernetes.version()));
    command.addAll(List.of("-schema-location", kubernetes.schemas().location()));
    manifests.forEach(it -> command.add(it.toString()));
    return start(command);
  }

  private void render(Chart chart, String name, String values, Kubernetes kubernetes)
      throws IOException {
    Path copy = dir.resolve(chart.path).resolve(name);
    String text = chart.textWithTests(copy, kubernetes.version(), values);
    Files.writeString(dir.resolve(chart.path + "-" + name + ".rendered.yaml"), text);
  }

  /** The minor version of which Chart.yaml says that it is the least. */
  private static int oldest(Chart chart) throws IOException {
    String range =
        Chart.YAML.readTree(chart.path.resolve("Chart.yaml").toFile()).path("kubeVersion").asText();
    Matcher least = Pattern.compile(">=1[.]([0-9]+)[.]0-0").matcher(range);
    assertThat(least.matches()).as(range).isTrue();
    return Integer.parseInt(least.group(1));
  }

  private static List<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return new ArrayList<>(files.filter(it -> it.toString().endsWith(suffix)).sorted().toList());
    }
  }

  private static Answer run(String... command) throws Exception {
    Answer answer = start(List.of(command));
    assertThat(answer.status()).as(String.join(" ", command)).isZero();
    return answer;
  }

  private static Answer start(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Answer(process.waitFor(), text);
  }
}
