package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.pgrok.crds.tunnel.Tunnel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How the packaged operator, agent and pgrokd hold up with thousands of Tunnels, against a real API
 * server. Only the kubelet is played. Run by {@code bench/scale}; no test.
 */
final class ScaleBench implements AutoCloseable {

  private static final String NS = "default";
  private static final String DOMAIN = ScaleNames.DOMAIN;
  private static final String AGENT_ADDRESS = "127.0.0.9";
  private static final int ONE_BY_ONE = 50;
  private static final Duration IDLE = Duration.ofSeconds(60);

  private final int atOnce;
  private final int held;
  private final Path folder = Files.createTempDirectory("pgrok-scale");
  private final Path names = ScaleNames.install(folder);
  private final Audit audit = new Audit(folder);
  private final ApiServerProcess api = ApiServerProcess.start(audit.options());
  private final KubernetesClient client = ApiServerProcess.client(api.adminKubeconfig());
  private final int publicPort = ApiServerProcess.freePort();
  private final Map<String, String> urls = new ConcurrentHashMap<>();
  private final Set<String> probed = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Runnable> urlHeard = new AtomicReference<>(() -> {});
  private final Backends backends = new Backends();
  private final Shipped pgrokd;
  private final Kubelet kubelet;
  private final Shipped agent;
  private final Shipped operator;
  private final int agentStatusPort;

  private ScaleBench(int atOnce, int held) throws Exception {
    this.atOnce = atOnce;
    this.held = held;
    new ApiServer().prepare(client);
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(ApiServer.NAMESPACE)
                .withName("default")
                .endMetadata()
                .build())
        .create();
    int tunnelPort = ApiServerProcess.freePort();
    pgrokd = pgrokd(tunnelPort);
    int statusPort = ApiServerProcess.freePort();
    kubelet = new Kubelet(client, "agent", AGENT_ADDRESS, folder.resolve("config"));
    agent = agent(statusPort);
    server(tunnelPort);
    followTunnels();
    agentStatusPort = statusPort;
    operator = operator("operator", statusPort);
  }

  /**
   * @param args how many Tunnels at once, how many in the end
   */
  public static void main(String[] args) throws Exception {
    try (var bench = new ScaleBench(Integer.parseInt(args[0]), Integer.parseInt(args[1]))) {
      bench.run();
    }
    System.out.flush();
    // Helm, which rendered the chart, is a library of Go's: with it the JVM does not always exit.
    Runtime.getRuntime().halt(0);
  }

  private void run() throws Exception {
    services(0, held + ONE_BY_ONE);
    tunnels(0, 1);
    await("the first Tunnel's URL", () -> urls.size() == 1);

    long start = System.nanoTime();
    tunnels(1, atOnce);
    await(atOnce + " URLs", () -> urls.size() == atOnce);
    print("%d Tunnels applied at once, all with a URL", atOnce, seconds(start));
    print("of %d, answered by their own backend", atOnce, served(atOnce));
    measureMemory(atOnce);
    measureChange(atOnce);
    measureOneByOne();

    if (held > atOnce) {
      measureMore();
    }
    measureIdle();
    measureMemory(held);
  }

  /** When each public URL has been probed once: after that, all that is asked for is idle. */
  private void measureIdle() throws Exception {
    await("all probed", () -> probed.containsAll(urls.keySet()));
    try (var standby = operator("standby", agentStatusPort)) {
      Thread.sleep(Duration.ofSeconds(30)); // its start has settled
      var programs = List.of(operator, standby, agent, pgrokd);
      var cpuBefore = programs.stream().map(Shipped::cpu).toList();
      var begin = Instant.now();
      Thread.sleep(IDLE);
      var end = Instant.now();
      double seconds = Duration.between(begin, end).toMillis() / 1000.0;
      var requests = audit.requests(begin, end);
      print(
          "idle API requests of two operators with %d Tunnels",
          urls.size(),
          "%.2f/s".formatted(requests.values().stream().mapToLong(it -> it).sum() / seconds));
      requests.forEach(
          (what, times) -> System.out.printf("    %s: %.2f/s%n", what, times / seconds));
      var cpu =
          IntStream.range(0, programs.size())
              .mapToObj(i -> programs.get(i).cpu().minus(cpuBefore.get(i)).toMillis() / seconds)
              .map("%.0f"::formatted)
              .collect(Collectors.joining(" / "));
      print(
          "idle CPU of operator / standby / agent / pgrokd with %d Tunnels",
          urls.size(), cpu + " ms a second");
    }
  }

  private void measureMore() throws Exception {
    int now = urls.size();
    long start = System.nanoTime();
    tunnels(atOnce, held);
    await(held + " URLs", () -> urls.size() == now + held - atOnce);
    print("%d more Tunnels, all with a URL", held - atOnce, seconds(start));
    print("of %d, answered by their own backend", held, served(held));
    measureChange(held);
  }

  private void services(int from, int to) {
    each(
        from,
        to,
        number ->
            apply(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: web-%1$d}
                spec: {clusterIP: None, ports: [{port: %2$d}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-%1$d, labels: {kubernetes.io/service-name: web-%1$d}}
                addressType: IPv4
                endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}}]
                """
                    .formatted(number, backends.port())));
  }

  private void tunnels(int from, int to) {
    each(from, to, number -> client.resource(tunnel(number, "web-" + number)).create());
  }

  private static void each(int from, int to, IntConsumer create) {
    try (var threads = Executors.newFixedThreadPool(8)) {
      IntStream.range(from, to).forEach(number -> threads.execute(() -> create.accept(number)));
    }
  }

  private void apply(String manifests) {
    client.load(new ByteArrayInputStream(manifests.getBytes(UTF_8))).inNamespace(NS).create();
  }

  private static Tunnel tunnel(int number, String subdomain) {
    return Serialization.unmarshal(
        """
        apiVersion: pgrok.io/v1alpha1
        kind: Tunnel
        metadata: {name: web-%1$d, namespace: %2$s}
        spec: {subdomain: %3$s, service: {name: web-%1$d}}
        """
            .formatted(number, NS, subdomain),
        Tunnel.class);
  }

  private String served(int tunnels) {
    var good = new AtomicInteger();
    each(
        0,
        tunnels,
        number -> {
          String host = urls.get("web-" + number).replaceAll("https?://|:\\d+", "");
          if (backends.isServed(publicPort, host, number)) {
            good.incrementAndGet();
          }
        });
    return String.valueOf(good.get());
  }

  /** From the change of one Tunnel's subdomain to its new URL. */
  private void measureChange(int tunnels) throws Exception {
    long[] millis = new long[21];
    for (int i = 0; i < millis.length; i++) {
      String subdomain = "changed-" + tunnels + "-" + i;
      String name = "web-" + i;
      long start = System.nanoTime();
      client.resource(tunnel(i, subdomain)).patch();
      await("the new URL of " + name, () -> urls.getOrDefault(name, "").contains(subdomain));
      millis[i] = Duration.ofNanos(System.nanoTime() - start).toMillis();
    }
    print("one change with %d Tunnels, to its new URL in status", tunnels, percentiles(millis));
  }

  /** From apply to the first answer, with the kubelet's time; others are visited meanwhile. */
  private void measureOneByOne() throws Exception {
    kubelet.delay(Duration.ofMillis(300));
    var stop = new AtomicBoolean();
    var asked = new AtomicInteger();
    var failed = new AtomicInteger();
    long[] millis = new long[ONE_BY_ONE];
    var steps = new EnumMap<Kubelet.Step, long[]>(Kubelet.Step.class);
    Stream.of(Kubelet.Step.values()).forEach(step -> steps.put(step, new long[ONE_BY_ONE]));
    try (var others = Executors.newFixedThreadPool(2)) {
      for (int t = 0; t < 2; t++) {
        others.execute(() -> {
          for (int i = 100; !stop.get(); i = 100 + (i - 99) % (atOnce - 100)) {
            asked.incrementAndGet();
            if (!backends.isServed(publicPort, "web-" + i + "." + DOMAIN, i)) {
              failed.incrementAndGet();
            }
          }
        });
      }
      for (int i = 0; i < ONE_BY_ONE; i++) {
        int number = held + i;
        int nth = i;
        kubelet.steps();
        long start = System.nanoTime();
        client.resource(tunnel(number, "web-" + number)).create();
        while (!backends.isServed(publicPort, "web-" + number + "." + DOMAIN, number)) {
          Thread.sleep(5);
        }
        millis[i] = Duration.ofNanos(System.nanoTime() - start).toMillis();
        kubelet
            .steps()
            .forEach((step, at) -> steps.get(step)[nth] = Duration.ofNanos(at - start).toMillis());
      }
      stop.set(true);
    }
    kubelet.delay(Duration.ZERO);
    await("their URLs", () -> urls.size() == atOnce + ONE_BY_ONE);
    print("apply to first 200, %d Tunnels one by one", ONE_BY_ONE, percentiles(millis));
    steps.forEach((step, at) ->
        System.out.printf("    seen by the kubelet, %s: %s%n", step, percentiles(at)));
    print("of %d requests to others meanwhile, failed", asked.get(), String.valueOf(failed.get()));
  }

  private void measureMemory(int tunnels) throws IOException {
    print("operator's resident memory with %d Tunnels", tunnels, operator.residentMiB() + " MiB");
    print("agent's resident memory with %d Tunnels", tunnels, agent.residentMiB() + " MiB");
    print("pgrokd's resident memory with %d Tunnels", tunnels, pgrokd.residentMiB() + " MiB");
    print(
        "CPU since the start of operator / agent / pgrokd with %d Tunnels",
        tunnels,
        "%d / %d / %d s"
            .formatted(
                operator.cpu().toSeconds(), agent.cpu().toSeconds(), pgrokd.cpu().toSeconds()));
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
    var status = tunnel.getStatus();
    if (status != null && status.url() != null) {
      urls.put(tunnel.getMetadata().getName(), status.url());
      if (status.conditions().stream().anyMatch(it -> it.getType().equals("Reachable"))) {
        probed.add(tunnel.getMetadata().getName());
      }
      urlHeard.get().run();
    }
  }

  private Shipped pgrokd(int tunnelPort) throws Exception {
    var options =
        List.of(
            "-httpAddr=127.0.0.1:" + publicPort,
            "-httpsAddr=",
            "-tunnelAddr=127.0.0.1:" + tunnelPort,
            "-adminAddr=127.0.0.1:" + ApiServerProcess.freePort(),
            "-domain=" + DOMAIN,
            "-dataDir=" + folder.resolve("pgrokd"));
    var started = Shipped.program("pgrokd", "io.pgrok.pgrokd.Main", "512m", names, options);
    while (!isListening(tunnelPort) || !Files.exists(authority())) {
      Thread.sleep(50);
    }
    return started;
  }

  private Path authority() {
    return folder.resolve("pgrokd/dev-ca.crt");
  }

  private static boolean isListening(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Shipped agent(int statusPort) throws IOException {
    return Shipped.program(
        "agent",
        "io.pgrok.agent.Main",
        "256m",
        names,
        List.of(
            "-config=" + folder.resolve("config"),
            "-statusaddr=%s:%d".formatted(AGENT_ADDRESS, statusPort),
            "-log=stdout",
            "start-all"));
  }

  private Shipped operator(String log, int statusPort) throws IOException {
    return Shipped.operator(
        log,
        "512m",
        names,
        Map.of(
            "KUBECONFIG",
            api.operatorKubeconfig().toString(),
            "PGROK_NAMESPACE",
            ApiServer.NAMESPACE,
            "PGROK_AGENT_STATUS_PORT",
            String.valueOf(statusPort),
            "QUARKUS_HTTP_PORT",
            String.valueOf(ApiServerProcess.freePort()),
            "QUARKUS_HTTP_HOST",
            "127.0.0.1"));
  }

  private void server(int tunnelPort) throws IOException {
    client
        .load(
            new ByteArrayInputStream(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: scale, namespace: %s, labels: {pgrok.io/connection: "false"}}
                stringData:
                  ca.crt: |
                    %s
                ---
                apiVersion: pgrok.io/v1alpha1
                kind: TunnelServer
                metadata: {name: scale}
                spec:
                  address: "127.0.0.1:%d"
                  domain: %s
                  default: true
                  connectionSecret: {name: scale}
                """
                    .formatted(
                        ApiServer.NAMESPACE,
                        Files.readString(authority()).strip().replace("\n", "\n    "),
                        tunnelPort,
                        DOMAIN)
                    .getBytes(UTF_8)))
        .create();
  }

  private static String seconds(long start) {
    return "%.1f s".formatted(Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0);
  }

  private static String percentiles(long[] millis) {
    Arrays.sort(millis);
    return "p50 %d ms, p95 %d ms, longest %d ms"
        .formatted(
            millis[millis.length / 2],
            millis[(int) Math.ceil(millis.length * 0.95) - 1],
            millis[millis.length - 1]);
  }

  private static void print(String what, int number, String figure) {
    System.out.println("MEASURED " + what.formatted(number) + ": " + figure);
  }

  @Override
  public void close() {
    Stream.of(operator, agent, pgrokd).forEach(Shipped::close);
    kubelet.close();
    backends.close();
    client.close();
    api.close();
  }
}
