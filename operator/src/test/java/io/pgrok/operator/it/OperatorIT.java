package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.status.Reason;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the operator says of itself. */
@QuarkusTest
@WithTestResource(ApiServer.class)
class OperatorIT {

  @Inject World world;

  @TestHTTPResource("/q/metrics")
  URI metrics;

  @TestHTTPResource("/q/health/ready")
  URI health;

  @AfterEach
  void clear() {
    world.client.resources(Tunnel.class).inAnyNamespace().delete();
  }

  @Test
  void itHoldsTheLease() {
    await()
        .untilAsserted(() ->
            assertThat(
                    world
                        .client
                        .leases()
                        .inNamespace(ApiServer.NAMESPACE)
                        .withName(world.config.lease().name())
                        .get()
                        .getSpec()
                        .getHolderIdentity())
                .isNotBlank());
  }

  @Test
  void tunnelsAreCountedByWhereTheyStandAndReconciliationsToo() {
    String ns = world.namespace();
    world.server("operator-it", false);
    world.tunnel(ns, "web", "{server: operator-it, service: {name: missing}}");
    world.awaitReason(ns, "web", Reason.SERVICE_NOT_FOUND);
    await()
        .untilAsserted(() ->
            assertThat(get(metrics))
                .contains("pgrok_tunnels{ready=\"false\",reason=\"ServiceNotFound\"} 1.0")
                .contains("reconciliations_"));

    world.client.resource(world.tunnel(ns, "web")).delete();

    await()
        .untilAsserted(() ->
            assertThat(get(metrics))
                .contains("pgrok_tunnels{ready=\"false\",reason=\"ServiceNotFound\"} 0.0"));
  }

  @Test
  void tunnelsThatGoWhileTheyAreLookedAtAreNotCounted() {
    String ns = world.namespace();
    world.server("operator-it", false);
    for (int i = 0; i < 50; i++) {
      world.tunnel(ns, "web-" + i, "{server: operator-it, service: {name: missing}}");
      world.client.resources(Tunnel.class).inNamespace(ns).withName("web-" + i).delete();
    }
    world.tunnel(ns, "last", "{server: operator-it, service: {name: missing}}");
    world.awaitReason(ns, "last", Reason.SERVICE_NOT_FOUND);

    await()
        .untilAsserted(() ->
            assertThat(get(metrics).lines())
                .filteredOn(line -> line.startsWith("pgrok_tunnels{") && !line.endsWith(" 0.0"))
                .containsExactly("pgrok_tunnels{ready=\"false\",reason=\"ServiceNotFound\"} 1.0"));
  }

  @Test
  void itIsReady() throws Exception {
    assertThat(get(health)).contains("\"status\": \"UP\"");
  }

  private static String get(URI uri) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }
}
