package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * How the packaged operator holds up with thousands of Tunnels, against a real API server and an
 * agent that reports whatever it is told as registered. Run by {@code bench/scale}; no test.
 */
final class ScaleBench implements AutoCloseable {

  private static final String NS = "default";
  private static final String SERVER = "scale";
  private static final String DOMAIN = "scale.example.com";
  private static final String AGENT_ADDRESS = "127.0.0.9";

  private static final Set<String> ASKED_BY_OPERATOR =
      Set.of(
          "group=\"pgrok.io\"",
          "group=\"coordination.k8s.io\",resource=\"leases\"",
          "group=\"events.k8s.io\"",
          "resource=\"secrets\"",
          "resource=\"pods\"",
          "resource=\"services\"");

  private final ApiServerProcess api = ApiServerProcess.start();
  private final KubernetesClient client = ApiServerProcess.client(api.adminKubeconfig());
  private final int statusPort = ApiServerProcess.freePort();
  private final Map<String, String> urls = new ConcurrentHashMap<>();
  private final AtomicReference<Runnable> urlHeard = new AtomicReference<>(() -> {});
  private final FakeAgent agent;
  private final Process operator;

  private ScaleBench(Path operatorApp) throws IOException {
    new ApiServer().prepare(client);
    agent = new FakeAgent(AGENT_ADDRESS, statusPort);
    agentPod();
    followSecret();
    followTunnels();
    operator = startOperator(operatorApp);
  }

  /**
   * @param args the operator's quarkus-app folder, how many Tunnels at once, how many in the end
   */
  public static void main(String[] args) throws Exception {
    int atOnce = Integer.parseInt(args[1]);
    int held = Integer.parseInt(args[2]);
    try (var bench = new ScaleBench(Path.of(args[0]))) {
      bench.run(atOnce, held);
    }
  }

  private void run(int atOnce, int held) throws Exception {
    client
        .load(
            new ByteArrayInputStream(
                """
                apiVersion: pgrok.io/v1alpha1
                kind: TunnelServer
                metadata: {name: %s}
                spec: {address: "pgrokd:4443", domain: %s, default: true}
                """
                    .formatted(SERVER, DOMAIN)
                    .getBytes(UTF_8)))
        .create();
    create(0, 1);
    await("the first Tunnel's URL", () -> urls.size() == 1);

    long start = System.nanoTime();
    create(1, atOnce);
    await(atOnce + " URLs", () -> urls.size() == atOnce);
    print("%d Tunnels applied at once, all with a URL", atOnce, seconds(start));
    measureChange(atOnce);

    start = System.nanoTime();
    create(atOnce, held);
    await(held + " URLs", () -> urls.size() == held);
    print("%d Tunnels, all with a URL", held, seconds(start));
    measureChange(held);

    Thread.sleep(Duration.ofSeconds(60)); // what follows the last change has settled
    long before = requests();
    Thread.sleep(Duration.ofSeconds(60));
    print(
        "idle API requests with %d Tunnels",
        held, "%.2f/s".formatted((requests() - before) / 60.0));
    print("operator's resident memory with %d Tunnels", held, residentMiB() + " MiB");
  }

  private void create(int from, int to) {
    try (var threads = Executors.newFixedThreadPool(8)) {
      IntStream.range(from, to).forEach(number -> threads.execute(() -> create("web-" + number)));
    }
  }

  private void create(String name) {
    client
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(NS)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withClusterIP("None")
                .addNewPort()
                .withPort(80)
                .endPort()
                .endSpec()
                .build())
        .create();
    client
        .resource(
            new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(NS)
                .withName(name)
                .addToLabels("kubernetes.io/service-name", name)
                .endMetadata()
                .withAddressType("IPv4")
                .addNewEndpoint()
                .withAddresses("10.0.0.1")
                .withNewConditions()
                .withReady(true)
                .endConditions()
                .endEndpoint()
                .build())
        .create();
    client.resource(tunnel(name, name)).create();
  }

  private static Tunnel tunnel(String name, String subdomain) {
    return Serialization.unmarshal(
        """
        apiVersion: pgrok.io/v1alpha1
        kind: Tunnel
        metadata: {name: %s, namespace: %s}
        spec: {subdomain: %s, service: {name: %s}}
        """
            .formatted(name, NS, subdomain, name),
        Tunnel.class);
  }

  /** From the change of one Tunnel's subdomain to its new URL; the median of some. */
  private void measureChange(int tunnels) throws Exception {
    long[] millis = new long[11];
    for (int i = 0; i < millis.length; i++) {
      String name = "web-" + (i % tunnels);
      String subdomain = "changed-" + tunnels + "-" + i;
      long start = System.nanoTime();
      client.resource(tunnel(name, subdomain)).patch();
      await("the new URL of " + name, () -> urls.getOrDefault(name, "").contains(subdomain));
      millis[i] = Duration.ofNanos(System.nanoTime() - start).toMillis();
    }
    Arrays.sort(millis);
    print(
        "one change with %d Tunnels, median (longest)",
        tunnels, "%d ms (%d ms)".formatted(millis[millis.length / 2], millis[millis.length - 1]));
  }

  private void await(String what, BooleanSupplier done) throws InterruptedException {
    long patience = System.nanoTime() + Duration.ofMinutes(10).toNanos();
    var lock = new Object();
    urlHeard.set(() -> {
      synchronized (lock) {
        lock.notifyAll();
      }
    });
    synchronized (lock) {
      while (!done.getAsBoolean()) {
        if (System.nanoTime() > patience) {
          throw new AssertionError("no " + what + " after ten minutes; there are " + urls.size());
        }
        lock.wait(1000);
      }
    }
  }

  private void followTunnels() {
    client
        .resources(Tunnel.class)
        .inNamespace(NS)
        .inform(
            new ResourceEventHandler<>() {
              @Override
              public void onAdd(Tunnel tunnel) {
                heard(tunnel);
              }

              @Override
              public void onUpdate(Tunnel before, Tunnel after) {
                heard(after);
              }

              @Override
              public void onDelete(Tunnel tunnel, boolean unknown) {}
            });
  }

  private void heard(Tunnel tunnel) {
    if (tunnel.getStatus() != null && tunnel.getStatus().url() != null) {
      urls.put(tunnel.getMetadata().getName(), tunnel.getStatus().url());
      urlHeard.get().run();
    }
  }

  /** The agent takes over what its Secret says at once: the kubelet's part is not measured. */
  private void followSecret() {
    client
        .secrets()
        .inNamespace(ApiServer.NAMESPACE)
        .withName("pgrok-agent")
        .inform(
            new ResourceEventHandler<>() {
              @Override
              public void onAdd(Secret secret) {
                report(secret);
              }

              @Override
              public void onUpdate(Secret before, Secret after) {
                report(after);
              }

              @Override
              public void onDelete(Secret secret, boolean unknown) {}
            });
  }

  private void report(Secret secret) {
    if (secret.getData() != null && secret.getData().containsKey(SERVER + ".yml")) {
      agent.report(FakeAgent.online(SERVER, World.session(secret, SERVER), DOMAIN));
    }
  }

  private void agentPod() {
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(ApiServer.NAMESPACE)
                .withName("default")
                .endMetadata()
                .build())
        .create();
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(ApiServer.NAMESPACE)
                .withName("agent")
                .addToLabels(Labels.AGENT, Labels.SHARED)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("agent")
                .withImage("pgrok/agent")
                .endContainer()
                .endSpec()
                .build())
        .create();
    client
        .pods()
        .inNamespace(ApiServer.NAMESPACE)
        .withName("agent")
        .editStatus(pod ->
            new PodBuilder(pod)
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(AGENT_ADDRESS)
                .endStatus()
                .build());
  }

  private Process startOperator(Path app) throws IOException {
    var builder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                // As in a container with the chart's memory limit.
                "-XX:MaxRAM=512m",
                "@" + Path.of("src/main/jib/app/jvm.args").toAbsolutePath(),
                "-jar",
                app.resolve("quarkus-run.jar").toString())
            .redirectErrorStream(true)
            .redirectOutput(Path.of("target/scale-operator.log").toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "KUBECONFIG", api.operatorKubeconfig().toString(),
                "PGROK_NAMESPACE", ApiServer.NAMESPACE,
                "PGROK_AGENT_STATUS_PORT", String.valueOf(statusPort),
                "QUARKUS_HTTP_PORT", String.valueOf(ApiServerProcess.freePort()),
                "QUARKUS_HTTP_HOST", "127.0.0.1"));
    return builder.start();
  }

  /** What the API server has answered of what the operator asks; watches count when they end. */
  private long requests() {
    return client
        .raw("/metrics")
        .lines()
        .filter(line -> line.startsWith("apiserver_request_total{"))
        .filter(line -> ASKED_BY_OPERATOR.stream().anyMatch(line::contains))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private long residentMiB() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + operator.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024)
        .findFirst()
        .orElse(0);
  }

  private static String seconds(long start) {
    return "%.1f s".formatted(Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0);
  }

  private static void print(String what, int number, String figure) {
    System.out.println("MEASURED " + what.formatted(number) + ": " + figure);
  }

  @Override
  public void close() {
    operator.destroy();
    agent.close();
    client.close();
    api.close();
  }
}
