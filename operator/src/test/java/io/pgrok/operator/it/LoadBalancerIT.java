package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.pgrok.crds.tunnel.Tunnel;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Services of type LoadBalancer and our class. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class LoadBalancerIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String SERVER = "balanced";
  private static final String DOMAIN = "balanced.example.com";

  @Inject World world;

  private Stage stage;
  private FakeAgent agent;
  private String ns;

  @BeforeEach
  void serverAndAgent() throws IOException {
    stage = new Stage(world, SERVER, "127.0.0.17");
    ns = stage.ns;
    agent = stage.agent;
    world.endpoints(ns, "db", true);
  }

  @AfterEach
  void clear() {
    world.client.services().inNamespace(ns).delete();
    stage.close();
  }

  @Test
  void portsAreOpenedAndTheStatusSaysWhere() {
    service("pgrok.io/tunnel", "[{name: sql, port: 5432}, {name: dns, port: 53, protocol: UDP}]");

    var config = world.awaitSharedConfig(SERVER, ns + "/service-db-5432");
    assertThat(config.tunnels().get(ns + "/service-db-5432").remotePort()).isEqualTo(5432);
    agent.report(FakeAgent.online(SERVER, config, DOMAIN));

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status()).containsExactly(DOMAIN + ":5432/TCP"));
    assertThat(tunnels()).containsExactly("service-db-5432");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(events())
                .contains(
                    "port 53 is of UDP, which no tunnel carries: give it a Service of another"
                        + " class"));
  }

  @Test
  void aPortThatTheServerRefusesBecomesAnotherOne() {
    service("pgrok.io/tunnel", "[{name: sql, port: 5432}]");
    agent.report(
        FakeAgent.refused(
            SERVER,
            world.awaitSharedConfig(SERVER, ns + "/service-db-5432"),
            "This server has no TCP port 5432 for tunnels"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(
                    world.sharedConfig(SERVER).tunnels().get(ns + "/service-db-5432").remotePort())
                .isNull());
    agent.report(FakeAgent.online(SERVER, world.sharedConfig(SERVER), DOMAIN));

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status()).containsExactly(DOMAIN + ":31000/TCP"));
  }

  @Test
  void aServiceThatIsNoLoadBalancerAnyMoreIsClosed() {
    service("pgrok.io/tunnel", "[{name: sql, port: 5432}]");
    world.awaitSharedConfig(SERVER, ns + "/service-db-5432");

    world
        .client
        .services()
        .inNamespace(ns)
        .withName("db")
        .edit(it ->
            new ServiceBuilder(it)
                .editSpec()
                .withType("ClusterIP")
                .withLoadBalancerClass(null)
                .withAllocateLoadBalancerNodePorts(null)
                .endSpec()
                .build());

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(tunnels()).isEmpty();
          assertThat(status()).isEmpty();
        });
  }

  @Test
  void aServiceOfAnotherClassIsLeftAlone() {
    service("example.com/other", "[{name: sql, port: 5432}]");
    world.endpoints(ns, "zz", true);
    world.apply(
        ns,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: zz, annotations: {pgrok.io/server: balanced}}
        spec: {type: LoadBalancer, loadBalancerClass: pgrok.io/tunnel, ports: [{port: 81}]}
        """);
    world.awaitSharedConfig(SERVER, ns + "/service-zz-81");

    assertThat(tunnels()).containsExactly("service-zz-81");
  }

  private void service(String className, String ports) {
    world.apply(
        ns,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: db, annotations: {pgrok.io/server: balanced}}
        spec: {type: LoadBalancer, loadBalancerClass: %s, ports: %s}
        """
            .formatted(className, ports));
  }

  private List<String> tunnels() {
    return world.client.resources(Tunnel.class).inNamespace(ns).list().getItems().stream()
        .map(it -> it.getMetadata().getName())
        .toList();
  }

  /** {@code host:port/protocol} of each open port. */
  private List<String> status() {
    var status =
        world.client.services().inNamespace(ns).withName("db").get().getStatus().getLoadBalancer();
    return status.getIngress().stream()
        .flatMap(entry ->
            entry.getPorts().stream()
                .map(port ->
                    "%s:%d/%s".formatted(entry.getHostname(), port.getPort(), port.getProtocol())))
        .toList();
  }

  private List<String> events() {
    return world.client.events().v1().events().inNamespace(ns).list().getItems().stream()
        .filter(event -> "Service".equals(event.getRegarding().getKind()))
        .map(event -> event.getNote())
        .toList();
  }
}
