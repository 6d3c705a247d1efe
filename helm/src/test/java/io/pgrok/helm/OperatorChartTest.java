package io.pgrok.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorChartTest {
  private static final Chart CHART = Chart.OPERATOR;
  private static final Path GENERATED = Path.of("../crds/generated");

  @Test
  void carriesTheGeneratedCrdsUnchanged() throws IOException {
    try (Stream<Path> files = Files.list(GENERATED)) {
      for (Path file : files.toList()) {
        JsonNode generated = Chart.YAML.readTree(file.toFile());
        JsonNode rendered =
            CHART.object("CustomResourceDefinition", generated.at("/metadata/name").asText());

        assertThat(numbers(rendered.path("spec"))).isEqualTo(numbers(generated.path("spec")));
      }
    }
    assertThat(crds()).hasSize(3);
  }

  @Test
  void crdsStayOnUninstallUnlessToldOtherwise() {
    assertThat(crds())
        .allSatisfy(crd ->
            assertThat(crd.at("/metadata/annotations/helm.sh~1resource-policy").asText())
                .isEqualTo("keep"));
    assertThat(crds("crds: {keep: false}"))
        .hasSize(3)
        .allSatisfy(crd ->
            assertThat(crd.at("/metadata/annotations").has("helm.sh/resource-policy")).isFalse());
    assertThat(crds("crds: {install: false}")).isEmpty();
  }

  @Test
  void theIngressClassIsNobodysDefault() {
    JsonNode ingressClass = CHART.object("IngressClass", "pgrok");

    assertThat(ingressClass.at("/spec/controller").asText()).isEqualTo("pgrok.io/ingress");
    assertThat(ingressClass.at("/metadata").has("annotations")).isFalse();
    for (String values : List.of("ingress: {enabled: false}", "ingress: {createClass: false}")) {
      assertThat(CHART.objects(values))
          .noneMatch(it -> it.path("kind").asText().equals("IngressClass"));
    }
  }

  @Test
  void aPackagedChartHoldsTheCrdsThemselves(@TempDir Path dir) throws IOException {
    CHART.helm().packageIt().withDestination(dir).call();

    Path archive;
    try (Stream<Path> files = Files.list(dir)) {
      archive = files.findFirst().orElseThrow();
    }
    assertThat(
            new com.marcnuri.helm.Helm(archive)
                .template()
                .withName("pgrok")
                .withNamespace(Chart.NAMESPACE)
                .withKubeVersion("1.34.0")
                .call())
        .isEqualTo(CHART.text());
  }

  @Test
  void operatorAndAgentMeetInSecretsOfTheReleasesName() {
    JsonNode operator = operator();

    assertThat(environment(operator, "PGROK_AGENT_SECRET").path("value").asText())
        .isEqualTo("pgrok-agent");
    assertThat(
            environment(operator, "PGROK_NAMESPACE").at("/valueFrom/fieldRef/fieldPath").asText())
        .isEqualTo("metadata.namespace");
    JsonNode volume = PgrokdChartTest.volume(agent(), "config");
    var secrets =
        volume.at("/projected/sources").valueStream().map(it -> it.get("secret")).toList();
    assertThat(secrets)
        .extracting(secret -> secret.get("name").asText())
        .containsExactly(
            "pgrok-agent", "pgrok-agent-0", "pgrok-agent-1", "pgrok-agent-2", "pgrok-agent-3");
    assertThat(secrets)
        .allSatisfy(secret -> {
          assertThat(secret.get("optional").asBoolean()).isTrue();
          assertThat(CHART.object("Secret", secret.get("name").asText()).has("data")).isFalse();
        });
  }

  @Test
  void theAgentReadsTheDirectoryAndServesItsStatus() {
    JsonNode container = agent().at("/containers/0");

    assertThat(PgrokdChartTest.arguments(container))
        .containsExactly("-config=/etc/pgrok", "-statusaddr=:4041", "-log=stdout", "start-all");
    assertThat(container.path("volumeMounts"))
        .noneMatch(mount -> mount.has("subPath"), "a subPath would never be refreshed");
    assertThat(
            CHART
                .object("Deployment", "pgrok-agent")
                .at("/spec/template/metadata/labels/pgrok.io~1agent")
                .asText())
        .isEqualTo("shared");
  }

  @Test
  void onlyTheOperatorHasAnApiToken() {
    assertThat(operator().path("automountServiceAccountToken").asBoolean()).isTrue();
    assertThat(agent().path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(agent().has("serviceAccountName")).isFalse();
  }

  @Test
  void sidecarsUseTheAgentsImage() {
    String values = "agent: {image: {repository: mirror/agent, tag: v9}}";

    assertThat(environment(operator(values), "PGROK_AGENT_IMAGE").path("value").asText())
        .isEqualTo("mirror/agent:v9");
    assertThat(agent(values).at("/containers/0/image").asText()).isEqualTo("mirror/agent:v9");
  }

  @Test
  void sidecarsCanBeSizedAndSwitchedOff() {
    JsonNode operator = operator("sidecars: {enabled: false, resources: {limits: {memory: 1Gi}}}");

    assertThat(environment(operator, "PGROK_SIDECARS_ENABLED").path("value").asText())
        .isEqualTo("false");
    assertThat(environment(operator, "PGROK_SIDECARS_LIMITS_MEMORY").path("value").asText())
        .isEqualTo("1Gi");
    assertThat(environment(operator, "PGROK_SIDECARS_REQUESTS_CPU").path("value").asText())
        .isEqualTo("10m");
  }

  @Test
  void schedulingIsSetForEachOfTheTwo() {
    String values =
        """
        operator: {nodeSelector: {a: "1"}, priorityClassName: high}
        agent: {tolerations: [{operator: Exists}], topologySpreadConstraints: [{maxSkew: 1}]}
        """;

    assertThat(operator(values).at("/nodeSelector/a").asText()).isEqualTo("1");
    assertThat(operator(values).path("priorityClassName").asText()).isEqualTo("high");
    assertThat(operator(values).has("tolerations")).isFalse();
    assertThat(agent(values).at("/tolerations/0/operator").asText()).isEqualTo("Exists");
    assertThat(agent(values).at("/topologySpreadConstraints/0/maxSkew").asInt()).isEqualTo(1);
  }

  @Test
  void whatTheUserMountsIsThere() {
    for (String of : List.of("operator", "agent")) {
      JsonNode pod =
          CHART
              .object(
                  "Deployment",
                  "pgrok-" + of,
                  of
                      + ": {extraVolumes: [{name: more, emptyDir: {}}],"
                      + " extraVolumeMounts: [{name: more, mountPath: /more}]}")
              .at("/spec/template/spec");

      assertThat(PgrokdChartTest.volume(pod, "more").has("emptyDir")).isTrue();
      assertThat(PgrokdChartTest.mounts(pod.at("/containers/0"))).contains("more");
    }
  }

  @Test
  void anAutoscalerMayDecideHowManyAgentsThereAre() {
    assertThat(CHART.object("Deployment", "pgrok-agent").at("/spec/replicas").asInt()).isEqualTo(1);
    assertThat(CHART.object("Deployment", "pgrok-agent", "agent: {replicas: 0}").at("/spec"))
        .anyMatch(it -> it.isInt() && it.asInt() == 0);
    assertThat(
            CHART
                .object("Deployment", "pgrok-agent", "agent: {replicas: null}")
                .at("/spec")
                .has("replicas"))
        .isFalse();
  }

  @Test
  void theServiceMonitorFindsTheOperatorsService() {
    String values = "metrics: {serviceMonitor: {enabled: true, interval: 10s}}";

    JsonNode monitor = CHART.object("ServiceMonitor", "pgrok-operator", values).path("spec");
    JsonNode labels = CHART.object("Service", "pgrok-operator", values).at("/metadata/labels");
    for (var wanted : monitor.at("/selector/matchLabels").properties()) {
      assertThat(labels.get(wanted.getKey())).isEqualTo(wanted.getValue());
    }
    assertThat(monitor.at("/endpoints/0/interval").asText()).isEqualTo("10s");
  }

  @Test
  void aReleaseNamedLikeTheChartDoesNotSayOperatorTwice() {
    assertThat(Chart.parse(CHART.textOfRelease("pgrok-operator")))
        .filteredOn(it -> it.path("kind").asText().equals("Deployment"))
        .extracting(it -> it.at("/metadata/name").asText())
        .containsExactlyInAnyOrder("pgrok-operator", "pgrok-agent");
  }

  @Test
  void refusesValuesThatCannotWorkAndNamesThem() {
    assertThatThrownBy(() -> CHART.text("agent: {replicas: -1}"))
        .hasMessageContaining("/agent/replicas");
    assertThatThrownBy(() -> CHART.text("sidecars: {namespaces: ['*']}"))
        .hasMessageContaining("/sidecars/namespaces/0");
    assertThatThrownBy(() -> CHART.text("sidecar: {enabled: false}"))
        .hasMessageContaining("sidecar");
  }

  private static List<JsonNode> crds(String... values) {
    return CHART.objects(values).stream()
        .filter(it -> it.path("kind").asText().equals("CustomResourceDefinition"))
        .toList();
  }

  private static JsonNode operator(String... values) {
    return CHART.object("Deployment", "pgrok-operator", values).at("/spec/template/spec");
  }

  private static JsonNode agent(String... values) {
    return CHART.object("Deployment", "pgrok-agent", values).at("/spec/template/spec");
  }

  private static JsonNode environment(JsonNode pod, String name) {
    return Chart.one(pod.at("/containers/0/env"), it -> it.path("name").asText().equals(name));
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
    node.forEach(OperatorChartTest::normalize);
  }
}
