package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressLoadBalancerIngress;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.status.Reason;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ingresses of our class, and those that are not. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class IngressIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String SERVER = "ingresses";
  private static final String DOMAIN = "ingresses.example.com";

  @Inject World world;

  private Stage stage;
  private FakeAgent agent;
  private String ns;

  @BeforeEach
  void serverAndAgent() throws IOException {
    stage = new Stage(world, SERVER, "127.0.0.16");
    ns = stage.ns;
    agent = stage.agent;
    world.service(ns, "web", 80);
    world.service(ns, "api", 80);
  }

  @AfterEach
  void clear() {
    world.client.network().v1().ingresses().inAnyNamespace().delete();
    stage.close();
  }

  @Test
  void hostsAndPathsAreServedAndTheStatusSaysWhere() {
    ingress(
        "pgrok",
        """
        rules:
          - host: shop.example.org
            http:
              paths:
                - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
                - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {name: http}}}}
        """);

    String tunnel = awaitTunnel();
    var config = world.awaitSharedConfig(SERVER, ns + "/" + tunnel);
    assertThat(config.tunnels().get(ns + "/" + tunnel).hostname()).isEqualTo("shop.example.org");
    assertThat(config.tunnels().get(ns + "/" + tunnel).routes())
        .extracting(route -> route.path() + " " + route.address())
        .containsExactly("/api api.%s.svc:80".formatted(ns), "/ web.%s.svc:80".formatted(ns));
    assertThat(hostnames()).isEmpty();

    agent.report(FakeAgent.online(SERVER, config, DOMAIN));

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(hostnames()).containsExactly(DOMAIN));
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(events())
                .contains(
                    "Registered Tunnel %s: visitors get through at http://shop.example.org and"
                            .formatted(tunnel)
                        + " https://shop.example.org"));
  }

  @Test
  void aDefaultBackendAloneHasANameOfItsOwn() {
    ingress("pgrok", "defaultBackend: {service: {name: web, port: {number: 80}}}");

    var config = world.awaitSharedConfig(SERVER, ns + "/ingress-web");
    agent.report(FakeAgent.online(SERVER, config, DOMAIN));

    String subdomain = config.tunnels().get(ns + "/ingress-web").subdomain();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(hostnames()).containsExactly(subdomain + "." + DOMAIN));
  }

  @Test
  void anIngressOfAnotherClassOrOfNoneIsLeftAlone() {
    ingress("other", "defaultBackend: {service: {name: web, port: {number: 80}}}");
    world.apply(
        ns,
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: none}
        spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}
        """);
    // What comes after them has been served: so have they been looked at.
    world.apply(
        ns,
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: zz, annotations: {pgrok.io/server: ingresses}}
        spec: {ingressClassName: pgrok, defaultBackend: {service: {name: web, port: {number: 80}}}}
        """);
    world.awaitSharedConfig(SERVER, ns + "/ingress-zz");

    assertThat(tunnels()).extracting(it -> it.getMetadata().getName()).containsOnly("ingress-zz");
  }

  @Test
  void leavingTheClassClosesItAndTakesTheStatusBack() {
    ingress("pgrok", "defaultBackend: {service: {name: web, port: {number: 80}}}");
    var config = world.awaitSharedConfig(SERVER, ns + "/ingress-web");
    agent.report(FakeAgent.online(SERVER, config, DOMAIN));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(hostnames()).hasSize(1));

    ingress("other", "defaultBackend: {service: {name: web, port: {number: 80}}}");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(tunnels()).isEmpty();
          assertThat(hostnames()).isEmpty();
        });

    ingress("pgrok", "defaultBackend: {service: {name: web, port: {number: 80}}}");

    config = world.awaitSharedConfig(SERVER, ns + "/ingress-web");
    agent.report(FakeAgent.online(SERVER, config, DOMAIN));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(hostnames()).hasSize(1));
  }

  @Test
  void aHostThatSomebodyElseHasLeavesTheOthersServed() {
    world.tunnel(ns, "a", "{server: ingresses, service: {name: api}, hostname: a.example.org}");
    world.awaitSharedConfig(SERVER, ns + "/a");
    ingress("pgrok", rules("a.example.org", "b.example.org"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(world.sharedConfig(SERVER).tunnels().values())
                .extracting(config -> config.hostname())
                .containsExactlyInAnyOrder("a.example.org", "b.example.org"));
    agent.report(FakeAgent.online(SERVER, world.sharedConfig(SERVER), DOMAIN));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(hostnames()).hasSize(1));
    assertThat(world.sharedConfig(SERVER).tunnels().get(ns + "/a").proto().values())
        .allMatch(address -> address.startsWith("api."));

    world.client.resource(world.tunnel(ns, "a")).delete();

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(world.sharedConfig(SERVER).tunnels().values())
                .filteredOn(config -> "a.example.org".equals(config.hostname()))
                .singleElement()
                .satisfies(config ->
                    assertThat(config.proto().values())
                        .allMatch(address -> address.startsWith("web."))));
  }

  @Test
  void whatAnotherControllerSaysIsNotTakenBack() {
    ingress("pgrok", "defaultBackend: {service: {name: web, port: {number: 80}}}");
    var config = world.awaitSharedConfig(SERVER, ns + "/ingress-web");
    agent.report(FakeAgent.online(SERVER, config, DOMAIN));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(hostnames()).hasSize(1));

    ingress("other", "defaultBackend: {service: {name: web, port: {number: 80}}}");
    var theirs =
        new IngressBuilder()
            .withNewMetadata()
            .withNamespace(ns)
            .withName("web")
            .endMetadata()
            .withNewStatus()
            .withNewLoadBalancer()
            .addNewIngress()
            .withHostname("theirs.example.com")
            .endIngress()
            .endLoadBalancer()
            .endStatus()
            .build();
    var patch =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("theirs")
            .withForce(true)
            .build();
    world.client.resource(theirs).subresource("status").patch(patch, theirs);

    await().atMost(PATIENCE).untilAsserted(() -> assertThat(tunnels()).isEmpty());
    assertThat(hostnames()).containsExactly("theirs.example.com");
  }

  @Test
  void hostsComeAndGoWithTheirRules() {
    ingress("pgrok", rules("a.example.org", "b.example.org"));
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(hosts()).hasSize(2));

    ingress("pgrok", rules("b.example.org", "c.example.org"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(hosts()).containsExactlyInAnyOrder("b.example.org", "c.example.org"));
  }

  @Test
  void aTunnelThatSomebodyDeletesOrChangesIsMadeAgain() {
    ingress("pgrok", "defaultBackend: {service: {name: web, port: {number: 80}}}");
    world.awaitSharedConfig(SERVER, ns + "/ingress-web");

    world.client.resource(world.tunnel(ns, "ingress-web")).delete();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(world.tunnel(ns, "ingress-web")).isNotNull());

    world.tunnel(ns, "ingress-web", "{service: {name: api, port: 80}}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(world.tunnel(ns, "ingress-web").getSpec().service().name())
                .isEqualTo("web"));
  }

  @Test
  void aTunnelOfSomebodyElseIsNotTakenOver() {
    world.tunnel(ns, "ingress-web", "{server: ingresses, service: {name: api}}");
    world.awaitSharedConfig(SERVER, ns + "/ingress-web");

    ingress("pgrok", "defaultBackend: {service: {name: web, port: {number: 80}}}");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(events())
                .containsExactly(
                    "NameConflict Tunnel ingress-web was not made for this Ingress; rename one of"
                        + " the two"));
    assertThat(world.tunnel(ns, "ingress-web").getSpec().service().name()).isEqualTo("api");
  }

  @Test
  void whatCannotBeServedIsSaidOnTheIngress() {
    world.tunnel(
        ns, "a-older", "{server: ingresses, service: {name: api}, hostname: a.example.org}");
    world.awaitSharedConfig(SERVER, ns + "/a-older");
    ingress("pgrok", rules("*.example.org", "a.example.org"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(events())
                .anyMatch(
                    "InvalidTarget host *.example.org: name each host, a tunnel has no wildcard"
                        ::equals)
                .anyMatch(text ->
                    text.startsWith("NameConflict Tunnel ")
                        && text.endsWith(
                            "a.example.org belongs to the older Tunnel a-older; choose another"
                                + " name")));
  }

  @Test
  void oneMissingServiceClosesItsPathOnly() {
    ingress(
        "pgrok",
        """
        rules:
          - host: shop.example.org
            http:
              paths:
                - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
                - {path: /late, pathType: Prefix, backend: {service: {name: late, port: {number: 80}}}}
        """);
    String tunnel = awaitTunnel();
    agent.report(
        FakeAgent.online(SERVER, world.awaitSharedConfig(SERVER, ns + "/" + tunnel), DOMAIN));
    assertThat(world.awaitReason(ns, tunnel, Reason.SERVICE_NOT_FOUND).getMessage())
        .isEqualTo(
            "it is registered, but path /late is answered 503: namespace %s has no Service late"
                    .formatted(ns)
                + " (yet)");

    world.service(ns, "late", 80);

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(world.sharedConfig(SERVER).tunnels().get(ns + "/" + tunnel).routes())
                .allSatisfy(route -> assertThat(route.status()).isNull()));
    agent.report(FakeAgent.online(SERVER, world.sharedConfig(SERVER), DOMAIN));
    world.awaitReason(ns, tunnel, Reason.REGISTERED);
  }

  private void ingress(String className, String spec) {
    world.apply(
        ns,
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, annotations: {pgrok.io/server: ingresses}}
        spec:
          ingressClassName: %s
        %s\
        """
            .formatted(className, spec.indent(2)));
  }

  private static String rules(String... hosts) {
    var rule =
        "  - {host: \"%s\", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name:"
            + " web, port: {number: 80}}}}]}}\n";
    return "rules:\n" + String.join("", List.of(hosts).stream().map(rule::formatted).toList());
  }

  private String awaitTunnel() {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(tunnels()).hasSize(1));
    return tunnels().getFirst().getMetadata().getName();
  }

  private List<Tunnel> tunnels() {
    return world.client.resources(Tunnel.class).inNamespace(ns).list().getItems();
  }

  private List<String> hosts() {
    return tunnels().stream().map(it -> it.getSpec().hostname()).toList();
  }

  private List<String> hostnames() {
    Ingress ingress = world.client.network().v1().ingresses().inNamespace(ns).withName("web").get();
    return ingress.getStatus() == null || ingress.getStatus().getLoadBalancer() == null
        ? List.of()
        : ingress.getStatus().getLoadBalancer().getIngress().stream()
            .map(IngressLoadBalancerIngress::getHostname)
            .toList();
  }

  /** What the Ingress' owner reads. */
  private List<String> events() {
    return world.client.events().v1().events().inNamespace(ns).list().getItems().stream()
        .filter(event -> "Ingress".equals(event.getRegarding().getKind()))
        .map(IngressIT::text)
        .toList();
  }

  private static String text(Event event) {
    return event.getReason() + " " + event.getNote();
  }
}
