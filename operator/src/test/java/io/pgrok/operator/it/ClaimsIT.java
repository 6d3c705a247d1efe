package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.status.Reason;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may claim which name, while grants, labels and rivals change. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class ClaimsIT {

  @Inject World world;

  private String ns;
  private String server;

  @BeforeEach
  void service() {
    ns = world.namespace();
    server = "claims-" + ns;
    world.service(ns, "web", 80);
  }

  @AfterEach
  void clear() {
    world.client.resources(Tunnel.class).inAnyNamespace().delete();
    world.client.resources(TunnelServer.class).withName(server).delete();
  }

  @Test
  void grantThatComesLaterIsNoticed() {
    grants("[]");
    tunnel(ns, "web", "web");
    assertThat(world.awaitReason(ns, "web", Reason.NOT_GRANTED).getMessage())
        .contains("does not grant namespace %s subdomain web".formatted(ns));

    grants("[{namespaces: {names: [%s]}, subdomains: [w*]}]".formatted(ns));

    world.awaitSharedConfig(server, ns + "/web");

    grants("[{namespaces: {names: [%s]}, subdomains: [x*]}]".formatted(ns));
    world.awaitReason(ns, "web", Reason.NOT_GRANTED);
  }

  @Test
  void labelThatTheNamespaceGetsLaterIsNoticed() {
    grants(
        "[{namespaces: {selector: {matchLabels: {team: %s}}}, subdomains: ['*']}]".formatted(ns));
    tunnel(ns, "web", "web");
    world.awaitReason(ns, "web", Reason.NOT_GRANTED);

    world
        .client
        .namespaces()
        .withName(ns)
        .edit(it ->
            new NamespaceBuilder(it).editMetadata().addToLabels("team", ns).endMetadata().build());

    world.awaitSharedConfig(server, ns + "/web");
  }

  @Test
  void nextOneTakesThePlaceOfADeletedOne() {
    grants("[{subdomains: ['*'], maxTunnels: 1}]");
    tunnel(ns, "a-first", "a");
    world.awaitSharedConfig(server, ns + "/a-first");
    tunnel(ns, "b-second", "b");
    world.awaitReason(ns, "b-second", Reason.NOT_GRANTED);

    world.client.resource(world.tunnel(ns, "a-first")).delete();

    world.awaitSharedConfig(server, ns + "/b-second");
  }

  @Test
  void nameGoesToAnotherNamespaceWhenItsOwnerGoes() {
    String other = world.namespace();
    world.service(other, "web", 80);
    grants("[{subdomains: ['*']}]");
    tunnel(ns, "a-first", "same");
    world.awaitSharedConfig(server, ns + "/a-first");
    tunnel(other, "b-second", "same");
    assertThat(world.awaitReason(other, "b-second", Reason.NAME_CONFLICT).getMessage())
        .contains("belongs to an older Tunnel of another namespace")
        .doesNotContain("a-first");

    world.client.resource(world.tunnel(ns, "a-first")).delete();

    world.awaitSharedConfig(server, other + "/b-second");
  }

  @Test
  void nameGoesToTheNextOneWhileItsOwnerHasNoGrantAndComesBackWithIt() {
    String other = world.namespace();
    world.service(other, "web", 80);
    String both = "[{namespaces: {names: [%s, %s]}, subdomains: ['*']}]".formatted(ns, other);
    grants(both);
    tunnel(ns, "a-first", "same");
    world.awaitSharedConfig(server, ns + "/a-first");
    tunnel(other, "b-second", "same");
    world.awaitReason(other, "b-second", Reason.NAME_CONFLICT);

    grants("[{namespaces: {names: [%s]}, subdomains: ['*']}]".formatted(other));

    world.awaitReason(ns, "a-first", Reason.NOT_GRANTED);
    world.awaitSharedConfig(server, other + "/b-second");
    assertThat(world.sharedConfig(server).tunnels()).doesNotContainKey(ns + "/a-first");

    grants(both);

    world.awaitSharedConfig(server, ns + "/a-first");
    world.awaitReason(other, "b-second", Reason.NAME_CONFLICT);
  }

  @Test
  void twoSwapTheirNames() {
    grants("[{subdomains: ['*']}]");
    tunnel(ns, "a", "left");
    tunnel(ns, "b", "right");
    world.awaitSharedConfig(server, ns + "/a");
    world.awaitSharedConfig(server, ns + "/b");

    String ofA = "left";
    String ofB = "right";
    // Often, so that changes also come while the operator writes what it made of the one before.
    for (int i = 0; i < 20; i++) {
      String before = ofA;
      ofA = ofB;
      ofB = before;
      tunnel(ns, "a", ofA);
      tunnel(ns, "b", ofB);
      awaitSubdomains(Map.of(ns + "/a", ofA, ns + "/b", ofB));
    }
  }

  private void awaitSubdomains(Map<String, String> wanted) {
    await()
        .untilAsserted(() -> {
          var tunnels = world.sharedConfig(server).tunnels();
          assertThat(wanted)
              .allSatisfy((tunnel, subdomain) ->
                  assertThat(tunnels.get(tunnel))
                      .isNotNull()
                      .extracting(config -> config.subdomain())
                      .isEqualTo(subdomain));
        });
  }

  @Test
  void serverThatGoesTakesItsTunnelsAlongAndBringsThemBackElsewhere() {
    grants("[{subdomains: ['*']}]");
    tunnel(ns, "web", "web");
    world.awaitSharedConfig(server, ns + "/web");

    world.client.resources(TunnelServer.class).withName(server).delete();

    world.awaitReason(ns, "web", Reason.SERVER_NOT_FOUND);
    await().untilAsserted(() -> assertThat(world.sharedConfig(server).tunnels()).isEmpty());

    grants("[{subdomains: ['*']}]", "elsewhere:4443");

    assertThat(world.awaitSharedConfig(server, ns + "/web").serverAddr())
        .isEqualTo("elsewhere:4443");

    grants("[{subdomains: ['*']}]", "third:4443");

    await()
        .untilAsserted(
            () -> assertThat(world.sharedConfig(server).serverAddr()).isEqualTo("third:4443"));
    assertThat(world.sharedConfig(server).tunnels()).containsKey(ns + "/web");
  }

  @Test
  void ofTwoDefaultServersTheOlderOneIsMeantUntilItIsNoneAnyMore() {
    world.client.resources(TunnelServer.class).delete();
    String older = server + "-a";
    String newer = server + "-b";
    world.server(older, true);
    world.tunnel(ns, "web", "{service: {name: web}}");
    world.awaitSharedConfig(older, ns + "/web");

    world.server(newer, true);
    world.awaitServerReason(newer, Reason.AGENT_NOT_READY);
    assertThat(world.sharedConfig(older).tunnels()).containsKey(ns + "/web");

    world.server(older, false);

    world.awaitSharedConfig(newer, ns + "/web");
    assertThat(world.sharedConfig(older).tunnels()).isEmpty();

    world.client.resources(TunnelServer.class).withName(newer).delete();
    world.awaitReason(ns, "web", Reason.SERVER_NOT_FOUND);
    world.client.resources(TunnelServer.class).withName(older).delete();
  }

  @Test
  void whatTheServiceSpeaksIsFollowed() {
    grants("[{subdomains: ['*']}]");
    tunnel(ns, "web", "web");
    world.awaitSharedConfig(server, ns + "/web");
    for (String spoken : List.of("kubernetes.io/h2c", "https", "http")) {
      world.apply(
          ns,
          """
          apiVersion: v1
          kind: Service
          metadata: {name: web}
          spec: {ports: [{name: http, port: 80, appProtocol: %s}]}
          """
              .formatted(spoken));
      String scheme = spoken.equals("http") ? "" : spoken.replace("kubernetes.io/", "") + "://";
      await()
          .untilAsserted(() ->
              assertThat(world.sharedConfig(server).tunnels().get(ns + "/web").proto().values())
                  .containsExactly("%sweb.%s.svc:80".formatted(scheme, ns)));
    }
  }

  @Test
  void portThatIsRenamedOrRenumberedIsFollowed() {
    grants("[{subdomains: ['*']}]");
    world.tunnel(ns, "web", "{server: %s, service: {name: web, port: http}}".formatted(server));
    world.awaitSharedConfig(server, ns + "/web");

    world.service(ns, "web", 8080);

    await()
        .untilAsserted(() ->
            assertThat(world.sharedConfig(server).tunnels().get(ns + "/web").proto().values())
                .containsExactly("web.%s.svc:8080".formatted(ns)));

    world.apply(
        ns,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {ports: [{name: other, port: 8080}]}
        """);

    assertThat(world.awaitReason(ns, "web", Reason.PORT_NOT_FOUND).getMessage())
        .contains("other (8080)");
  }

  @Test
  void templateFollowsTheTunnelsLabels() {
    grants("[{subdomains: ['*']}]");
    tunnel(ns, "web", "'pr-{label:pr}'");
    assertThat(world.awaitReason(ns, "web", Reason.LABEL_NOT_FOUND).getMessage())
        .contains("label pr");

    label("7");
    world.awaitSharedConfig(server, ns + "/web");
    assertThat(world.sharedConfig(server).tunnels().get(ns + "/web").subdomain()).isEqualTo("pr-7");

    tunnel(ns, "z-rival", "pr-8");
    world.awaitSharedConfig(server, ns + "/z-rival");
    label("8");
    world.awaitReason(ns, "z-rival", Reason.NAME_CONFLICT);
  }

  private void label(String pr) {
    world
        .client
        .resources(Tunnel.class)
        .inNamespace(ns)
        .withName("web")
        .edit(tunnel -> {
          tunnel.getMetadata().getLabels().put("pr", pr);
          return tunnel;
        });
  }

  private void tunnel(String namespace, String name, String subdomain) {
    world.tunnel(
        namespace,
        name,
        "{server: %s, service: {name: web}, subdomain: %s}".formatted(server, subdomain));
  }

  private void grants(String grants) {
    grants(grants, "pgrokd:4443");
  }

  private void grants(String grants, String address) {
    world.apply(
        "default",
        """
        apiVersion: pgrok.io/v1alpha1
        kind: TunnelServer
        metadata: {name: %s}
        spec: {address: "%s", domain: %s.example.com, grants: %s}
        """
            .formatted(server, address, server, grants));
  }
}
