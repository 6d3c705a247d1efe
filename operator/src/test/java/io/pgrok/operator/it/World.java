package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.status.Reason;
import io.pgrok.protocol.agent.AgentConfig;
import io.pgrok.protocol.agent.AgentYaml;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What tests do in the cluster, in the words of a manifest. */
@Singleton
class World {

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final KubernetesClient client;
  final OperatorConfig config;

  @Inject
  World(OperatorConfig config) {
    this(config, ApiServerProcess.client(Path.of(System.getProperty(ApiServer.ADMIN_KUBECONFIG))));
  }

  World(OperatorConfig config, KubernetesClient client) {
    this.client = client;
    this.config = config;
  }

  @PreDestroy
  void close() {
    client.close();
  }

  /** A namespace of this test's own, in which pods can be created. */
  String namespace() {
    String name = "test-" + NUMBER.incrementAndGet();
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    serviceAccount(name);
    return name;
  }

  void serviceAccount(String namespace) {
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("default")
                .endMetadata()
                .build())
        .serverSideApply();
  }

  /**
   * {@code kubectl apply --server-side --force-conflicts} of one manifest or several, in a
   * namespace.
   */
  void apply(String namespace, String manifest) {
    client
        .load(new ByteArrayInputStream(manifest.getBytes(UTF_8)))
        .inNamespace(namespace)
        .forceConflicts()
        .serverSideApply();
  }

  /** A TunnelServer of this test's own, on which nothing listens. */
  void server(String name, boolean isDefault) {
    apply(
        "default",
        """
        apiVersion: pgrok.io/v1alpha1
        kind: TunnelServer
        metadata: {name: %s}
        spec: {address: "pgrokd:4443", domain: %s.example.com, default: %s}
        """
            .formatted(name, name, isDefault));
  }

  /** A Service with one ready endpoint. */
  void service(String namespace, String name, int port) {
    endpoints(namespace, name, true);
    apply(
        namespace,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %s}
        spec: {ports: [{name: http, port: %d}]}
        """
            .formatted(name, port));
  }

  void endpoints(String namespace, String service, boolean ready) {
    apply(
        namespace,
        """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: %s-1, labels: {kubernetes.io/service-name: %s}}
        addressType: IPv4
        endpoints: [{addresses: [10.1.0.1], conditions: {ready: %s}}]
        ports: [{name: http, port: 80}]
        """
            .formatted(service, service, ready));
  }

  void deployment(String namespace, String name) {
    apply(
        namespace,
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %s}
        spec:
          selector: {matchLabels: {app: %s}}
          template:
            metadata: {labels: {app: %s}}
            spec: {containers: [{name: app, image: app}]}
        """
            .formatted(name, name, name));
  }

  void tunnel(String namespace, String name, String spec) {
    apply(
        namespace,
        """
        apiVersion: pgrok.io/v1alpha1
        kind: Tunnel
        metadata: {name: %s}
        spec: %s
        """
            .formatted(name, spec));
  }

  Tunnel tunnel(String namespace, String name) {
    return client.resources(Tunnel.class).inNamespace(namespace).withName(name).get();
  }

  /** Waits until the Tunnel's Ready condition has the reason, and gives the condition. */
  Condition awaitReason(String namespace, String name, Reason reason) {
    await("%s/%s: %s".formatted(namespace, name, reason.text()))
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(ready(namespace, name).map(Condition::getReason)).contains(reason.text()));
    return ready(namespace, name).orElseThrow();
  }

  Optional<Condition> ready(String namespace, String name) {
    var tunnel = tunnel(namespace, name);
    return tunnel == null || tunnel.getStatus() == null
        ? Optional.empty()
        : ready(tunnel.getStatus().conditions());
  }

  Condition awaitServerReason(String name, Reason reason) {
    await("%s: %s".formatted(name, reason.text()))
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(serverReady(name).map(Condition::getReason)).contains(reason.text()));
    return serverReady(name).orElseThrow();
  }

  private Optional<Condition> serverReady(String name) {
    var server = client.resources(TunnelServer.class).withName(name).get();
    return server == null || server.getStatus() == null
        ? Optional.empty()
        : ready(server.getStatus().conditions());
  }

  private static Optional<Condition> ready(List<Condition> conditions) {
    return conditions.stream().filter(c -> c.getType().equals("Ready")).findFirst();
  }

  /** The session file that the shared agent would read, once it has the tunnel. */
  AgentConfig awaitSharedConfig(String server, String tunnel) {
    await("%s in the shared agent's Secret".formatted(tunnel))
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(sharedConfig(server).tunnels()).containsKey(tunnel));
    return sharedConfig(server);
  }

  AgentConfig sharedConfig(String server) {
    return session(secrets(config.namespace(), config.agent().secret()), server);
  }

  /** The Secrets of an agent Deployment; the first has the name that the others begin with. */
  List<Secret> secrets(String namespace, String name) {
    return client.secrets().inNamespace(namespace).list().getItems().stream()
        .filter(secret -> secret.getMetadata().getName().matches(Pattern.quote(name) + "(-\\d+)?"))
        .toList();
  }

  /** Those of the sidecars of a namespace. */
  List<Secret> sidecarSecrets(String namespace) {
    return client
        .secrets()
        .inNamespace(namespace)
        .withLabel(Labels.AGENT, Labels.SIDECAR)
        .list()
        .getItems();
  }

  /** What is in each of a Secret's files. */
  static Stream<String> files(Secret secret) {
    return Objects.requireNonNullElse(secret.getData(), Map.<String, String>of()).values().stream()
        .map(World::text);
  }

  private static String text(String file) {
    return new String(Base64.getDecoder().decode(file), UTF_8);
  }

  static AgentConfig session(Secret secret, String server) {
    return session(secret == null ? List.of() : List.of(secret), server);
  }

  /** As the agent puts it together of the files that it finds. */
  static AgentConfig session(List<Secret> secrets, String server) {
    var files = new TreeMap<String, String>();
    secrets.stream().map(Secret::getData).filter(Objects::nonNull).forEach(files::putAll);
    var session = read(server, files.getOrDefault(server + ".yml", ""));
    var tunnels = new LinkedHashMap<>(session.tunnels());
    files.forEach((name, file) -> {
      if (name.matches(Pattern.quote(server) + "\\.\\d+\\.tunnels")) {
        tunnels.putAll(read(name, file).tunnels());
      }
    });
    return AgentConfig.session(
        session.serverAddr(), session.serverCa(), session.authToken(), tunnels);
  }

  private static AgentConfig read(String name, String file) {
    try {
      return AgentYaml.read(name, text(file));
    } catch (InvalidConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** A pod in which an agent seems to run. */
  void agentPod(String namespace, String name, String ip, String kind, Map<String, String> notes) {
    serviceAccount(namespace);
    var pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(name)
            .addToLabels(Labels.AGENT, kind)
            .withAnnotations(notes)
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("pgrok")
            .withImage("pgrok/agent")
            .endContainer()
            .endSpec()
            .build();
    client.resource(pod).create();
    client
        .pods()
        .inNamespace(namespace)
        .withName(name)
        .editStatus(p ->
            new PodBuilder(p)
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(ip)
                .endStatus()
                .build());
  }

  /** What the operator has told a pod, among others. */
  Map<String, String> podAnnotations(String namespace, String name) {
    return client.pods().inNamespace(namespace).withName(name).get().getMetadata().getAnnotations();
  }

  void deletePod(String namespace, String name) {
    client.pods().inNamespace(namespace).withName(name).withGracePeriod(0).delete();
  }
}
