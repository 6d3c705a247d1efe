package io.pgrok.operator.it;

import static io.pgrok.operator.it.ApiServer.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.status.Reason;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A namespace is deleted with all that is in it, and one of the same name is made. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class NamespaceAnewIT {

  private static final String SERVER = "anew";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What {@code docs/decisions/grants.md} says of a token's life. */
  private static final Duration LIFE = Duration.ofHours(48);

  @Inject World world;

  private String ns;
  private String other;

  @BeforeEach
  void serverThatGrantsBoth() {
    ns = world.namespace();
    other = world.namespace();
    world.apply(
        NAMESPACE,
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: anew-connection, labels: {pgrok.io/connection: "false"}}
        stringData: {signing.jwk: '%s'}
        """
            .formatted(Tokens.newSigningKey()));
    world.apply(
        "default",
        """
        apiVersion: pgrok.io/v1alpha1
        kind: TunnelServer
        metadata: {name: anew}
        spec:
          address: "pgrokd:4443"
          domain: anew.example.com
          connectionSecret: {name: anew-connection}
          grants: [{namespaces: {names: [%s, %s]}, subdomains: ['*']}]
        """
            .formatted(ns, other));
  }

  @AfterEach
  void clear() {
    world.client.resources(Tunnel.class).inAnyNamespace().delete();
    world.client.resources(TunnelServer.class).withName(SERVER).delete();
    world.client.secrets().inNamespace(NAMESPACE).withName("anew-connection").delete();
  }

  @Test
  void itsNamesGoToWhoeverWaitsAndNothingOfTheOldOneIsLeft() throws IOException {
    everything();
    world.awaitSharedConfig(SERVER, ns + "/web");
    var sidecar = awaitSidecarSecret();
    var token = Tokens.claims(World.session(sidecar, SERVER).authToken());
    world.service(other, "web", 80);
    world.tunnel(other, "waiter", "{server: anew, service: {name: web}, subdomain: same}");
    world.awaitReason(other, "waiter", Reason.NAME_CONFLICT);

    deleteNamespace();

    world.awaitSharedConfig(SERVER, other + "/waiter");
    await("nothing of it in the shared agent's Secrets")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(sharedFiles()).noneMatch(it -> it.contains(ns + "/")));
    assertThat(token.get("sub").asText()).startsWith("ns:" + ns + "@");
    assertThat(Instant.ofEpochSecond(token.get("exp").asLong()))
        .as("who kept the old one's token can use it no longer than is documented")
        .isBefore(Instant.now().plus(LIFE));

    var again = new NamespaceBuilder().withNewMetadata().withName(ns).endMetadata().build();
    world.client.resource(again).create();
    world.serviceAccount(ns);
    everything();

    world.awaitReason(ns, "web", Reason.NAME_CONFLICT);
    assertThat(world.sharedConfig(SERVER).tunnels()).doesNotContainKey(ns + "/web");
    var workload =
        world.client.apps().deployments().inNamespace(ns).withName("app").get().getMetadata();
    await("a Secret of the new workload's own")
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          var secret = awaitSidecarSecret();
          assertThat(secret.getMetadata().getUid()).isNotEqualTo(sidecar.getMetadata().getUid());
          assertThat(secret.getMetadata().getOwnerReferences())
              .singleElement()
              .satisfies(owner -> assertThat(owner.getUid()).isEqualTo(workload.getUid()));
          assertThat(World.session(secret, SERVER).tunnels()).containsOnlyKeys(ns + "/app");
        });

    world.client.resource(world.tunnel(other, "waiter")).delete();

    world.awaitSharedConfig(SERVER, ns + "/web");
    assertThat(world.sharedConfig(SERVER).tunnels()).doesNotContainKey(other + "/waiter");
  }

  private void everything() {
    world.service(ns, "web", 80);
    world.deployment(ns, "app");
    world.tunnel(ns, "web", "{server: anew, service: {name: web}, subdomain: same}");
    world.tunnel(
        ns,
        "app",
        "{server: anew, workload: {kind: Deployment, name: app, port: 80}, subdomain: app}");
  }

  /** As the namespace's controller does it, of which an API server alone has none. */
  private void deleteNamespace() {
    var namespace = world.client.namespaces().withName(ns);
    namespace.delete();
    var client = world.client;
    client.secrets().inNamespace(ns).delete();
    client.services().inNamespace(ns).delete();
    client.discovery().v1().endpointSlices().inNamespace(ns).delete();
    client.apps().deployments().inNamespace(ns).delete();
    client.resources(Tunnel.class).inNamespace(ns).delete();
    client.serviceAccounts().inNamespace(ns).delete();
    client.events().v1().events().inNamespace(ns).delete();
    Namespace ending = namespace.get();
    ending.getSpec().setFinalizers(List.of());
    client.resource(ending).subresource("finalize").update();
    await("namespace %s to be gone".formatted(ns)).until(() -> namespace.get() == null);
  }

  private Secret awaitSidecarSecret() {
    await("the sidecar's Secret")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(world.sidecarSecrets(ns)).hasSize(1));
    return world.sidecarSecrets(ns).getFirst();
  }

  private List<String> sharedFiles() {
    return world.secrets(NAMESPACE, world.config.agent().secret()).stream()
        .flatMap(World::files)
        .toList();
  }
}
