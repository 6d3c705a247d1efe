package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.Labels;
import io.pgrok.operator.OperatorConfig;
import io.pgrok.operator.status.Reason;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Packaged operators, which can die, and an API server that can. */
class OperatorProcessIT {

  private static final String AGENT_ADDRESS = "127.0.0.10";
  private static final String SERVER = "processes";
  private static final String NS = "default";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static ApiServerProcess api;
  private static KubernetesClient client;
  private static World world;
  private static FakeAgent agent;

  private final List<Shipped> operators = new ArrayList<>();

  @BeforeAll
  static void cluster() throws IOException {
    api = ApiServerProcess.start();
    client = ApiServerProcess.client(api.adminKubeconfig());
    new ApiServer().prepare(client);
    world = new World(config(ApiServerProcess.freePort()), client);
    agent = new FakeAgent(AGENT_ADDRESS, world.config.agent().statusPort());
    world.agentPod(ApiServer.NAMESPACE, "agent", AGENT_ADDRESS, Labels.SHARED, Map.of());
    world.serviceAccount(NS);
    world.server(SERVER, true);
    world.service(NS, "web", 80);
  }

  @AfterAll
  static void end() {
    agent.close();
    client.close();
    api.close();
  }

  /** One that works, with a Tunnel. */
  private void begin(Duration lease) {
    start("a", lease);
    await("a to lead").atMost(PATIENCE).until(() -> !leader().isEmpty());
    tunnel("first");
    reportWhatIsConfigured();
    world.awaitReason(NS, "first", Reason.REGISTERED);
  }

  @AfterEach
  void stop() {
    operators.forEach(Shipped::close);
    client.resources(Tunnel.class).inNamespace(NS).delete();
  }

  @Test
  void anotherOperatorTakesOverFromOneThatDiesAndNoTunnelIsLost() {
    begin(Duration.ofSeconds(3));
    var lost = new ArrayList<String>();
    try (var _ = watchFor("first", lost)) {
      String before = leader();
      start("b", Duration.ofSeconds(3));
      operators.getFirst().process().destroyForcibly();
      await("b to lead")
          .atMost(PATIENCE)
          .until(() -> !leader().isEmpty() && !leader().equals(before));
      tunnel("second");
      reportWhatIsConfigured("second");
      world.awaitReason(NS, "second", Reason.REGISTERED);
      world.awaitReason(NS, "first", Reason.REGISTERED);
    }
    assertThat(lost).isEmpty();
  }

  @Test
  void oneThatStopsLetsGoOfTheLease() {
    begin(Duration.ofHours(1));

    operators.getFirst().close();

    assertThat(leader()).isEmpty();
  }

  /**
   * The API server forgets what it has not in its store: all watches begin anew, and those of
   * resources of which nothing changed since long are told that their version is gone.
   */
  @Test
  void watchesThatExpireWithTheApiServerBeginAnew() {
    begin(Duration.ofHours(1));
    String seen = client.resources(TunnelServer.class).list().getMetadata().getResourceVersion();
    for (int i = 0; i < 50; i++) {
      client.configMaps().inNamespace(NS).resource(Unrelated.configMap(i)).create();
    }
    api.restartApiServer();
    assertThat(isGone(seen)).as("a watch from before is told 410 Gone").isTrue();

    tunnel("second");

    reportWhatIsConfigured("second");
    world.awaitReason(NS, "second", Reason.REGISTERED);
    client.resources(Tunnel.class).inNamespace(NS).withName("first").delete();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(world.sharedConfig(SERVER).tunnels()).containsOnlyKeys(NS + "/second"));
    assertThat(operators.getFirst().process().isAlive()).isTrue();
  }

  @Test
  void tenThousandUnrelatedServicesAreNoBurden() throws IOException {
    begin(Duration.ofHours(1));
    long before = operators.getFirst().residentMiB();
    try (var threads = Executors.newFixedThreadPool(8)) {
      IntStream.range(0, 10_000)
          .forEach(number ->
              threads.execute(() -> client.resource(Unrelated.service(NS, number)).create()));
    }
    tunnel("second");
    reportWhatIsConfigured("second");
    world.awaitReason(NS, "second", Reason.REGISTERED);

    assertThat(operators.getFirst().residentMiB()).isLessThan(before + 100).isLessThan(400);
  }

  @Test
  void aLeaseOfAClockThatIsAheadIsWaitedForAndTaken() {
    var leases = client.leases().inNamespace(ApiServer.NAMESPACE);
    leases
        .withName(world.config.lease().name())
        .edit(lease ->
            new LeaseBuilder(lease)
                .withNewSpec()
                .withHolderIdentity("gone")
                .withLeaseDurationSeconds(3)
                .withAcquireTime(ZonedDateTime.now(ZoneOffset.UTC))
                .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(4))
                .endSpec()
                .build());

    start("a", Duration.ofSeconds(3));

    await("a to lead")
        .atMost(PATIENCE)
        .until(() -> !leader().isEmpty() && !leader().equals("gone"));
  }

  /** Whether the API server can tell nobody any more what came after a version. */
  private static boolean isGone(String version) {
    var end = new CompletableFuture<Boolean>();
    var watcher =
        new Watcher<TunnelServer>() {
          @Override
          public void eventReceived(Action action, TunnelServer server) {
            end.complete(false);
          }

          @Override
          public void onClose(WatcherException why) {
            end.complete(why.isHttpGone());
          }
        };
    try (var _ =
        client
            .resources(TunnelServer.class)
            .watch(new ListOptionsBuilder().withResourceVersion(version).build(), watcher)) {
      return end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (KubernetesClientException e) {
      return e.getCode() == HttpURLConnection.HTTP_GONE;
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private void start(String name, Duration lease) {
    try {
      operators.add(
          Shipped.operator(
              "operator-" + name,
              "512m",
              Map.of(
                  "KUBECONFIG", api.operatorKubeconfig().toString(),
                  "PGROK_NAMESPACE", ApiServer.NAMESPACE,
                  "PGROK_AGENT_STATUS_PORT", String.valueOf(world.config.agent().statusPort()),
                  "PGROK_LEASE_DURATION", lease.toString(),
                  "PGROK_LEASE_RENEW_DEADLINE", lease.multipliedBy(2).dividedBy(3).toString(),
                  "PGROK_LEASE_RETRY_PERIOD", "500ms",
                  "QUARKUS_HTTP_PORT", String.valueOf(ApiServerProcess.freePort()),
                  "QUARKUS_HTTP_HOST", "127.0.0.1")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String leader() {
    var lease =
        client
            .leases()
            .inNamespace(ApiServer.NAMESPACE)
            .withName(world.config.lease().name())
            .get();
    LeaseSpec spec = lease == null ? null : lease.getSpec();
    return spec == null ? "" : Objects.requireNonNullElse(spec.getHolderIdentity(), "");
  }

  private static void tunnel(String name) {
    world.tunnel(NS, name, "{subdomain: %s, service: {name: web}}".formatted(name));
  }

  private static void reportWhatIsConfigured(String... more) {
    world.awaitSharedConfig(SERVER, NS + "/" + (more.length == 0 ? "first" : more[0]));
    agent.report(FakeAgent.online(SERVER, world.sharedConfig(SERVER), "processes.example.com"));
  }

  /** Notes each version of an agent's Secret that had the Tunnel and has it no more. */
  private static SharedIndexInformer<Secret> watchFor(String tunnel, List<String> lost) {
    return client
        .secrets()
        .inNamespace(ApiServer.NAMESPACE)
        .inform(
            new ResourceEventHandler<>() {
              @Override
              public void onAdd(Secret secret) {}

              @Override
              public void onUpdate(Secret before, Secret after) {
                if (has(before) && !has(after)) {
                  lost.add(after.getMetadata().getResourceVersion());
                }
              }

              @Override
              public void onDelete(Secret secret, boolean unknown) {
                lost.add(secret.getMetadata().getName());
              }

              private boolean has(Secret secret) {
                Map<String, TunnelConfig> tunnels =
                    World.session(List.of(secret), SERVER).tunnels();
                return tunnels.containsKey(NS + "/" + tunnel);
              }
            });
  }

  private static OperatorConfig config(int statusPort) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .addDiscoveredConverters()
        .withMapping(OperatorConfig.class)
        .withDefaultValues(
            Map.of(
                "pgrok.namespace",
                ApiServer.NAMESPACE,
                "pgrok.agent.image",
                "pgrok/agent:1",
                "pgrok.agent.status-port",
                String.valueOf(statusPort)))
        .build()
        .getConfigMapping(OperatorConfig.class);
  }
}
