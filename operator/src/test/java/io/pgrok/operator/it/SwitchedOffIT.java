package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.crds.tunnel.Tunnel;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An operator that may serve Tunnels only, and has the permissions for that only. */
@QuarkusTest
@WithTestResource(SwitchedOffIT.TunnelsOnly.class)
class SwitchedOffIT {

  /** As with {@code ingress.enabled=false} and {@code loadBalancer.enabled=false}. */
  public static final class TunnelsOnly extends ApiServer {
    @Override
    Map<String, String> chartValues() {
      return Map.of("ingress.enabled", "false", "loadBalancer.enabled", "false");
    }

    @Override
    public Map<String, String> start() {
      var config = new HashMap<>(super.start());
      config.put("pgrok.ingress.enabled", "false");
      config.put("pgrok.load-balancer.enabled", "false");
      return config;
    }
  }

  @Inject World world;

  @Test
  void ingressesAndLoadBalancersAreLeftAlone() {
    String ns = world.namespace();
    world.server("only", true);
    world.service(ns, "web", 80);
    world.apply(
        ns,
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec: {ingressClassName: pgrok, defaultBackend: {service: {name: web, port: {number: 80}}}}
        """);
    world.apply(
        ns,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: db}
        spec: {type: LoadBalancer, loadBalancerClass: pgrok.io/tunnel, ports: [{port: 5432}]}
        """);

    world.tunnel(ns, "web", "{service: {name: web}}");

    world.awaitSharedConfig("only", ns + "/web");
    assertThat(world.client.resources(Tunnel.class).inNamespace(ns).list().getItems())
        .extracting(tunnel -> tunnel.getMetadata().getName())
        .containsExactly("web");
  }
}
