package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Starts the API server, gives it the CRDs, and has the operator under test talk to it. */
public class ApiServer implements QuarkusTestResourceLifecycleManager {

  /** The operator's own namespace. */
  static final String NAMESPACE = "pgrok";

  /** Where the tests' own client, which may do everything, is configured. */
  static final String ADMIN_KUBECONFIG = "kubeconfig.of.tests";

  private static final Set<String> GRANTED =
      Set.of("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding", "Lease");

  private ApiServerProcess server;

  @Override
  public Map<String, String> start() {
    server = ApiServerProcess.start();
    try (var client = ApiServerProcess.client(server.adminKubeconfig())) {
      prepare(client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (var operator = ApiServerProcess.client(server.operatorKubeconfig())) {
      await("the operator's permissions").ignoreExceptions().until(() -> mayLead(operator));
    }
    System.setProperty("kubeconfig", server.operatorKubeconfig().toString());
    System.setProperty(ADMIN_KUBECONFIG, server.adminKubeconfig().toString());
    // Every fake agent listens on this port of a loopback address of its own.
    int statusPort = ApiServerProcess.freePort();
    return Map.of(
        "pgrok.namespace",
        NAMESPACE,
        "pgrok.agent.status-port",
        String.valueOf(statusPort),
        "pgrok.agent.patience",
        "1s",
        "quarkus.http.test-port",
        "0");
  }

  @Override
  public void stop() {
    System.clearProperty("kubeconfig");
    System.clearProperty(ADMIN_KUBECONFIG);
    if (server != null) {
      server.close();
    }
  }

  /** Values of the chart whose permissions the operator gets; none for the default ones. */
  Map<String, String> chartValues() {
    return Map.of();
  }

  /** What is in the cluster before the operator starts. */
  void prepare(KubernetesClient client) throws IOException {
    try (var files = Files.list(Path.of("../crds/generated"))) {
      for (var file : files.toList()) {
        var crds = client.apiextensions().v1().customResourceDefinitions();
        client
            .resource(crds.load(file.toFile()).create())
            .waitUntilCondition(ApiServer::isEstablished, 30, TimeUnit.SECONDS);
      }
    }
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .create();
    grantWhatTheChartGrants(client);
  }

  /**
   * The operator under test gets the chart's permissions and Lease, so a missing one fails a test.
   */
  private void grantWhatTheChartGrants(KubernetesClient client) {
    var template =
        new Helm(Path.of("../helm/pgrok-operator"))
            .template()
            .withName("pgrok")
            .withNamespace(NAMESPACE)
            .withKubeVersion("1.34.0");
    chartValues().forEach(template::set);
    String chart = template.call();
    client.load(new ByteArrayInputStream(chart.getBytes(UTF_8))).items().stream()
        .filter(item -> GRANTED.contains(item.getKind()))
        .forEach(item -> client.resource(item).create());
  }

  /** Permissions take effect a moment after the API server has got them. */
  private static boolean mayLead(KubernetesClient operator) {
    var question =
        new SelfSubjectRulesReviewBuilder().withNewSpec().withNamespace(NAMESPACE).endSpec();
    return operator.resource(question.build()).create().getStatus().getResourceRules().stream()
        .anyMatch(rule -> rule.getResources().contains("leases"));
  }

  private static boolean isEstablished(CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }
}
