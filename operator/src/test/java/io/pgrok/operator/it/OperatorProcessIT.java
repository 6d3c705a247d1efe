package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.status.Reason;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private static Operators operators;
  private static KubernetesClient client;
  private static World world;

  @BeforeAll
  static void cluster() throws IOException {
    operators = new Operators(AGENT_ADDRESS);
    client = operators.client;
    world = operators.world;
    world.serviceAccount(NS);
    world.server(SERVER, true);
    world.service(NS, "web", 80);
  }

  @AfterAll
  static void end() {
    operators.close();
  }

  /** One that works, with a Tunnel. */
  private static Shipped begin(Duration lease) {
    var operator = start("a", lease);
    await("a to lead").atMost(PATIENCE).until(() -> !operators.leader().isEmpty());
    tunnel("first");
    reportWhatIsConfigured();
    world.awaitReason(NS, "first", Reason.REGISTERED);
    return operator;
  }

  @AfterEach
  void stop() {
    operators.stop();
    client.resources(Tunnel.class).inNamespace(NS).delete();
  }

  @Test
  void anotherOperatorTakesOverFromOneThatDiesAndNoTunnelIsLost() {
    var operator = begin(Duration.ofSeconds(3));
    var lost = new ArrayList<String>();
    try (var _ = watchFor("first", lost)) {
      String before = operators.leader();
      start("b", Duration.ofSeconds(3));
      operator.process().destroyForcibly();
      await("b to lead")
          .atMost(PATIENCE)
          .until(() -> !operators.leader().isEmpty() && !operators.leader().equals(before));
      tunnel("second");
      reportWhatIsConfigured("second");
      world.awaitReason(NS, "second", Reason.REGISTERED);
      world.awaitReason(NS, "first", Reason.REGISTERED);
    }
    assertThat(lost).isEmpty();
  }

  @Test
  void oneThatStopsLetsGoOfTheLease() {
    var operator = begin(Duration.ofHours(1));

    operator.close();

    assertThat(operators.leader()).isEmpty();
  }

  /**
   * The API server forgets what it has not in its store: all watches begin anew, and those of
   * resources of which nothing changed since long are told that their version is gone.
   */
  @Test
  void watchesThatExpireWithTheApiServerBeginAnew() {
    var operator = begin(Duration.ofHours(1));
    String seen = client.resources(TunnelServer.class).list().getMetadata().getResourceVersion();
    for (int i = 0; i < 50; i++) {
      client.configMaps().inNamespace(NS).resource(Unrelated.configMap(i)).create();
    }
    operators.api.restartApiServer();
    assertThat(isGone(seen)).as("a watch from before is told 410 Gone").isTrue();

    tunnel("second");

    reportWhatIsConfigured("second");
    world.awaitReason(NS, "second", Reason.REGISTERED);
    client.resources(Tunnel.class).inNamespace(NS).withName("first").delete();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(world.sharedConfig(SERVER).tunnels()).containsOnlyKeys(NS + "/second"));
    assertThat(operator.process().isAlive()).isTrue();
  }

  @Test
  void tenThousandUnrelatedServicesAreNoBurden() throws IOException {
    var operator = begin(Duration.ofHours(1));
    long before = operator.residentMiB();
    try (var threads = Executors.newFixedThreadPool(8)) {
      IntStream.range(0, 10_000)
          .forEach(number ->
              threads.execute(() -> client.resource(Unrelated.service(NS, number)).create()));
    }
    tunnel("second");
    reportWhatIsConfigured("second");
    world.awaitReason(NS, "second", Reason.REGISTERED);

    assertThat(operator.residentMiB()).isLessThan(before + 100).isLessThan(400);
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
        .until(() -> !operators.leader().isEmpty() && !operators.leader().equals("gone"));
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

  private static Shipped start(String name, Duration lease) {
    return operators.start(name, lease, Map.of());
  }

  private static void tunnel(String name) {
    world.tunnel(NS, name, "{subdomain: %s, service: {name: web}}".formatted(name));
  }

  private static void reportWhatIsConfigured(String... more) {
    world.awaitSharedConfig(SERVER, NS + "/" + (more.length == 0 ? "first" : more[0]));
    operators.agent.report(
        FakeAgent.online(SERVER, world.sharedConfig(SERVER), "processes.example.com"));
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
}
