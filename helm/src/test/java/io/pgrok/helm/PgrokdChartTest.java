package io.pgrok.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgrokdChartTest {
  private static final Chart CHART = Chart.PGROKD;

  @Test
  void asksForTheDomainWithAnExample() {
    assertThatThrownBy(() -> CHART.textWithOnly(""))
        .hasMessageContaining("domain is missing")
        .hasMessageContaining("--set domain=tunnels.example.com");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://a.example", "a.example:8080", "'*.a.example'", "A.example"})
  void refusesWhatIsNotABareName(String domain) {
    assertThatThrownBy(() -> CHART.textWithOnly("domain: " + domain))
        .hasMessageContaining("domain must be a bare lower-case DNS name");
  }

  @Test
  void refusesValuesThatCannotWorkAndNamesThem() {
    assertThatThrownBy(() -> CHART.text("service: {type: Loadbalancer}"))
        .hasMessageContaining("/service/type")
        .hasMessageContaining("'LoadBalancer', 'NodePort', 'ClusterIP'");
    assertThatThrownBy(() -> CHART.text("tcpPorts: [22]")).hasMessageContaining("/tcpPorts/0");
    assertThatThrownBy(() -> CHART.text("tcpPorts: [8080]")).hasMessageContaining("/tcpPorts/0");
    assertThatThrownBy(() -> CHART.text("image: {digest: latest}"))
        .hasMessageContaining("/image/digest");
  }

  @Test
  void onlyTheInitContainerHasAnApiToken() {
    JsonNode pod = pod();

    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(mounts(pod.at("/initContainers/0"))).contains("api");
    assertThat(mounts(pod.at("/containers/0"))).doesNotContain("api").contains("run");
  }

  @Test
  void visitorsUrlsCarryThePublicPortAndNotTheContainers() {
    assertThat(vhost()).isEqualTo("tunnels.example.com");
    assertThat(vhost("publicPort: 30080")).isEqualTo("tunnels.example.com:30080");
  }

  @Test
  void httpsMayBeLeftOut() {
    assertThat(CHART.object("Service", "pgrokd", "https: false").at("/spec/ports"))
        .extracting(port -> port.path("port").asInt())
        .containsExactly(80, 4443);
    assertThat(pod("https: false").at("/containers/0/args"))
        .extracting(JsonNode::asText)
        .contains("-httpsAddr=");
  }

  @Test
  void tcpPortsAreOpenedOneByOne() {
    JsonNode service = CHART.object("Service", "pgrokd", "tcpPorts: [7000, 7001]");

    assertThat(service.at("/spec/ports"))
        .extracting(port -> port.path("port").asInt())
        .containsExactly(80, 443, 4443, 7000, 7001);
    assertThat(pod("tcpPorts: [7000]").at("/containers/0/ports"))
        .extracting(port -> port.path("containerPort").asInt())
        .contains(7000);
    assertThat(arguments(pod("tcpPorts: [7000, 7001]").at("/containers/0")))
        .contains("-tcpPorts=7000,7001");
    assertThat(arguments(pod().at("/containers/0"))).contains("-tcpPorts=none");
  }

  @Test
  void proxiesInFrontAndTimesAreTold() {
    assertThat(
            arguments(
                pod("trustedProxies: [10.0.0.0/8, '::1']\ntimeouts: {drain: 1m, quiet: 4.5s}")
                    .at("/containers/0")))
        .contains("-trustedProxies=10.0.0.0/8,::1", "-timeouts=drain=1m", "-timeouts=quiet=4.5s");
    assertThatThrownBy(() -> CHART.text("timeouts: {drain: soon}"))
        .hasMessageContaining("/timeouts/drain");
  }

  @Test
  void nodePortsAreKeptForTypesThatHaveThem() {
    String ports = "nodePorts: {http: 30080}";

    assertThat(
            CHART
                .object("Service", "pgrokd", "service: {type: NodePort, " + ports + "}")
                .at("/spec/ports/0/nodePort")
                .asInt())
        .isEqualTo(30080);
    assertThat(CHART.text("service: {type: ClusterIP, " + ports + "}")).doesNotContain("nodePort:");
  }

  @Test
  void aMadeCertificateKnowsTheServicesNames() {
    assertThat(arguments(pod("tls: {extraNames: ['192.0.2.1']}").at("/initContainers/0")))
        .contains(
            "--address=pgrokd.edge.svc:4443",
            "--name=pgrokd.edge.svc",
            "--name=pgrokd.edge.svc.cluster.local",
            "--name=192.0.2.1");
  }

  @Test
  void aGivenCertificateIsServedAsItIsAndDialledByItsOwnName() {
    JsonNode pod = pod("tls: {existingSecret: wildcard}");

    assertThat(arguments(pod.at("/initContainers/0")))
        .contains("--address=tunnels.example.com:4443", "--tls-directory=/etc/pgrokd/tls")
        .noneMatch(argument -> argument.startsWith("--name="));
    assertThat(arguments(pod.at("/containers/0")))
        .contains("-tlsCrt=/etc/pgrokd/tls/tls.crt", "-tlsKey=/etc/pgrokd/tls/tls.key");
    assertThat(volume(pod, "tls").at("/secret/secretName").asText()).isEqualTo("wildcard");
  }

  @Test
  void certManagerWritesTheSecretThatIsMounted() {
    String values =
        "tls: {certManager: {enabled: true, issuer: letsencrypt}, extraNames: ['192.0.2.1',"
            + " a.example]}";

    JsonNode certificate = CHART.object("Certificate", "pgrokd", values).path("spec");
    assertThat(certificate.path("dnsNames"))
        .extracting(JsonNode::asText)
        .containsExactly("tunnels.example.com", "*.tunnels.example.com", "a.example");
    assertThat(certificate.at("/ipAddresses/0").asText()).isEqualTo("192.0.2.1");
    assertThat(certificate.at("/issuerRef/name").asText()).isEqualTo("letsencrypt");
    assertThat(volume(pod(values), "tls").path("secret").path("secretName"))
        .isEqualTo(certificate.path("secretName"));
    assertThat(arguments(pod(values).at("/initContainers/0")))
        .contains("--address=tunnels.example.com:4443", "--tls-directory=/etc/pgrokd/tls");
  }

  @Test
  void saysWhatIsMissingForCertManagerAndThatThereIsOneCertificate() {
    assertThatThrownBy(() -> CHART.text("tls: {certManager: {enabled: true}}"))
        .hasMessageContaining("tls.certManager.issuer is missing");
    assertThatThrownBy(() ->
            CHART.text(
                "tls: {existingSecret: a, certManager: {enabled: true, issuer: letsencrypt}}"))
        .hasMessageContaining("there is one certificate");
  }

  @Test
  void anIngressTakesTheDomainAndEveryNameBelow() {
    JsonNode ingress =
        CHART
            .object(
                "Ingress", "pgrokd", "ingress: {enabled: true, className: nginx, tlsSecret: wild}")
            .path("spec");

    assertThat(ingress.path("ingressClassName").asText()).isEqualTo("nginx");
    assertThat(ingress.path("rules"))
        .extracting(rule -> rule.path("host").asText())
        .containsExactly("tunnels.example.com", "*.tunnels.example.com");
    assertThat(ingress.at("/rules/1/http/paths/0/backend/service/port/name").asText())
        .isEqualTo("http");
    assertThat(ingress.at("/tls/0/hosts/1").asText()).isEqualTo("*.tunnels.example.com");
  }

  @Test
  void agentsMayHaveAServiceOfTheirOwn() {
    assertThat(
            CHART
                .object("Service", "pgrokd-tunnel", "tunnelService: {type: LoadBalancer}")
                .at("/spec/ports"))
        .extracting(port -> port.path("port").asInt())
        .containsExactly(4443);
  }

  @Test
  void metricsAreScrapedThroughAServiceThatVisitorsDoNotReach() {
    String values = "metrics: {serviceMonitor: {enabled: true, labels: {release: prometheus}}}";

    JsonNode monitor = CHART.object("ServiceMonitor", "pgrokd", values);
    JsonNode admin = CHART.object("Service", "pgrokd-admin", values);
    assertThat(monitor.at("/metadata/labels/release").asText()).isEqualTo("prometheus");
    for (var wanted : monitor.at("/spec/selector/matchLabels").properties()) {
      assertThat(admin.at("/metadata/labels").get(wanted.getKey())).isEqualTo(wanted.getValue());
    }
    assertThat(CHART.object("Service", "pgrokd", values).at("/metadata/labels"))
        .noneMatch(label -> label.asText().equals("admin"));
    assertThat(admin.at("/spec/type").isMissingNode()).isTrue();
  }

  @Test
  void theDashboardIsHandedToGrafana() throws IOException {
    JsonNode dashboard =
        CHART.object("ConfigMap", "pgrokd-dashboard", "metrics: {dashboard: {enabled: true}}");

    assertThat(dashboard.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
    assertThat(Chart.YAML.readTree(dashboard.at("/data/pgrokd.json").asText()))
        .isEqualTo(Chart.YAML.readTree(CHART.path.resolve("files/dashboard.json").toFile()));
  }

  @Test
  void givenTokensAreMountedAndUsed() {
    JsonNode pod = pod("auth: {existingSecret: mine, tokensSecret: teams}");

    assertThat(arguments(pod.at("/initContainers/0")))
        .contains("--token-file=/etc/pgrokd/token/token");
    assertThat(arguments(pod.at("/containers/0")))
        .contains(
            "-authTokenFile=/run/pgrokd/tokens.yml",
            "-authTokenFile=/etc/pgrokd/tokens/further.yml");
    assertThat(mounts(pod.at("/containers/0"))).contains("tokens").doesNotContain("token");
  }

  @Test
  void theServerIsNeverOpen() {
    assertThat(arguments(pod().at("/containers/0")))
        .contains("-authTokenFile=/run/pgrokd/tokens.yml", "-authJwksFile=/run/pgrokd/jwks.json");
  }

  /** Where it is mounted by {@code subPath} the kubelet never refreshes it. */
  @Test
  void theServerHearsOfNewKeysAndTokensAndNeverGetsAPrivateKey() {
    JsonNode pod = pod("auth: {tokensSecret: teams}");

    JsonNode server = pod.at("/containers/0");
    assertThat(arguments(server)).contains("-authUpdates=/etc/pgrokd/accepted");
    JsonNode accepted =
        Chart.one(
            List.copyOf(pod.path("volumes").valueStream().toList()),
            volume -> volume.path("name").asText().equals("accepted"));
    assertThat(accepted.at("/secret/secretName").asText()).isEqualTo("pgrokd-accepted");
    assertThat(accepted.at("/secret/optional").asBoolean()).isTrue();
    assertThat(server.path("volumeMounts"))
        .allMatch(mount -> !mount.has("subPath"))
        .anyMatch(mount -> mount.path("mountPath").asText().equals("/etc/pgrokd/accepted"));
    for (JsonNode volume : pod.path("volumes")) {
      assertThat(volume.at("/secret/secretName").asText()).isNotIn("pgrokd", "pgrokd-connection");
    }
  }

  @Test
  void theSigningKeyIsChangedWhenSomebodySaysSoOrByASchedule() {
    JsonNode asked = CHART.object("CronJob", "pgrokd-new-key");
    JsonNode monthly =
        CHART.object("CronJob", "pgrokd-new-key", "auth: {newKeySchedule: '0 3 1 * *'}");

    assertThat(asked.at("/spec/suspend").asBoolean()).isTrue();
    assertThat(monthly.at("/spec/suspend").asBoolean(true)).isFalse();
    assertThat(monthly.at("/spec/schedule").asText()).isEqualTo("0 3 1 * *");
    JsonNode container = asked.at("/spec/jobTemplate/spec/template/spec/containers/0");
    List<String> expected = arguments(pod().at("/initContainers/0"));
    expected.add("--new-signing-key");
    assertThat(arguments(container)).isEqualTo(expected);
    assertThatThrownBy(() -> CHART.text("auth: {newKeySchedule: monthly}"))
        .hasMessageContaining("/auth/newKeySchedule");
  }

  @Test
  void aDigestBeatsTheTag() {
    String digest = "sha256:" + "a".repeat(64);

    assertThat(pod("image: {tag: x, digest: '" + digest + "'}").at("/containers/0/image").asText())
        .isEqualTo("pgrok/pgrokd@" + digest);
    assertThat(pod("image: {tag: x}").at("/initContainers/0/image").asText())
        .isEqualTo("pgrok/pgrokd:x");
  }

  @Test
  void whatTheUserAddsIsThere() {
    JsonNode pod =
        pod(
            """
            podLabels: {mesh: "off"}
            extraArgs: [-log-level=DEBUG]
            extraEnv: [{name: A, value: b}]
            extraVolumes: [{name: more, emptyDir: {}}]
            extraVolumeMounts: [{name: more, mountPath: /more}]
            imagePullSecrets: [{name: registry}]
            nodeSelector: {edge: "true"}
            tolerations: [{operator: Exists}]
            affinity: {podAntiAffinity: {}}
            topologySpreadConstraints: [{maxSkew: 1}]
            priorityClassName: high
            terminationGracePeriodSeconds: 7
            resources: {limits: {memory: 1Gi}}
            """);

    assertThat(arguments(pod.at("/containers/0"))).contains("-log-level=DEBUG");
    assertThat(pod.at("/containers/0/env/1/name").asText()).isEqualTo("A");
    assertThat(mounts(pod.at("/containers/0"))).contains("more");
    assertThat(volume(pod, "more").has("emptyDir")).isTrue();
    assertThat(pod.at("/imagePullSecrets/0/name").asText()).isEqualTo("registry");
    assertThat(pod.at("/nodeSelector/edge").asText()).isEqualTo("true");
    assertThat(pod.at("/tolerations/0/operator").asText()).isEqualTo("Exists");
    assertThat(pod.path("affinity").has("podAntiAffinity")).isTrue();
    assertThat(pod.at("/topologySpreadConstraints/0/maxSkew").asInt()).isEqualTo(1);
    assertThat(pod.path("priorityClassName").asText()).isEqualTo("high");
    assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isEqualTo(7);
    assertThat(pod.at("/containers/0/resources/limits/memory").asText()).isEqualTo("1Gi");
  }

  @Test
  void theServiceSelectsThePod() {
    JsonNode labels = CHART.object("Deployment", "pgrokd").at("/spec/template/metadata/labels");

    for (var wanted : CHART.object("Service", "pgrokd").at("/spec/selector").properties()) {
      assertThat(labels.get(wanted.getKey())).isEqualTo(wanted.getValue());
    }
  }

  @Test
  void optionalObjectsComeOnlyWhenAskedFor() {
    assertThat(kinds())
        .doesNotContain(
            "PodDisruptionBudget", "NetworkPolicy", "Ingress", "Certificate", "ServiceMonitor");
    assertThat(kinds("podDisruptionBudget: {enabled: true}", "networkPolicy: {enabled: true}"))
        .contains("PodDisruptionBudget", "NetworkPolicy");
    assertThat(kinds("serviceAccount: {create: false, name: own}"))
        .doesNotContain("ServiceAccount");
  }

  @Test
  void theAdminPortIsNotPublicUnderANetworkPolicy() {
    JsonNode policy =
        CHART.object(
            "NetworkPolicy",
            "pgrokd",
            "networkPolicy: {enabled: true, adminFrom: [{namespaceSelector: {}}]}",
            "tcpPorts: [7000]");

    assertThat(policy.at("/spec/ingress/0/ports"))
        .extracting(port -> port.path("port").asText())
        .containsExactly("http", "https", "tunnel", "7000");
    assertThat(policy.at("/spec/ingress/1/ports/0/port").asText()).isEqualTo("admin");
    assertThat(policy.at("/spec/ingress/1/from/0").has("namespaceSelector")).isTrue();
  }

  private static JsonNode pod(String... values) {
    return CHART.object("Deployment", "pgrokd", values).at("/spec/template/spec");
  }

  private static String vhost(String... values) {
    return pod(values).at("/containers/0/env/0/value").asText();
  }

  private static List<String> kinds(String... values) {
    return CHART.objects(values).stream().map(it -> it.path("kind").asText()).toList();
  }

  static JsonNode volume(JsonNode pod, String name) {
    return Chart.one(pod.path("volumes"), it -> it.path("name").asText().equals(name));
  }

  static List<String> mounts(JsonNode container) {
    List<String> names = new ArrayList<>();
    container.path("volumeMounts").forEach(it -> names.add(it.path("name").asText()));
    return names;
  }

  static List<String> arguments(JsonNode container) {
    List<String> arguments = new ArrayList<>();
    container.path("args").forEach(it -> arguments.add(it.asText()));
    return arguments;
  }
}
