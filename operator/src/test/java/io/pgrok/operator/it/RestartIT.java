package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Tunnels exist when the operator starts: nothing has to change for them to be looked at. */
@QuarkusTest
@WithTestResource(RestartIT.Existing.class)
class RestartIT {

  private static final String SERVER = "existing";

  /** A cluster as an operator finds it again. */
  public static final class Existing extends ApiServer {
    @Override
    void prepare(KubernetesClient client) throws IOException {
      super.prepare(client);
      client
          .load(
              new ByteArrayInputStream(
                  """
                  apiVersion: pgrok.io/v1alpha1
                  kind: TunnelServer
                  metadata: {name: existing}
                  spec: {address: "pgrokd:4443", domain: existing.example.com}
                  ---
                  apiVersion: v1
                  kind: Service
                  metadata: {name: web, namespace: default}
                  spec: {ports: [{name: http, port: 80}]}
                  ---
                  apiVersion: pgrok.io/v1alpha1
                  kind: Tunnel
                  metadata: {name: one, namespace: default}
                  spec: {server: existing, service: {name: web}}
                  ---
                  apiVersion: pgrok.io/v1alpha1
                  kind: Tunnel
                  metadata: {name: two, namespace: default}
                  spec: {server: existing, service: {name: web}}
                  """
                      .getBytes(UTF_8)))
          .create();
    }
  }

  @Inject World world;

  @Test
  void theyAreWrittenToTheAgent() {
    world.awaitSharedConfig(SERVER, "default/one");
    world.awaitSharedConfig(SERVER, "default/two");
  }
}
