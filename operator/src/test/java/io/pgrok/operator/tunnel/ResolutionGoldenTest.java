package io.pgrok.operator.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelserver.TunnelServer;
import io.pgrok.operator.Labels;
import io.pgrok.operator.Manifest;
import io.pgrok.operator.agent.Carrier;
import io.pgrok.operator.agent.Route;
import io.pgrok.operator.agent.ServerConnection;
import io.pgrok.operator.agent.Shown;
import io.pgrok.operator.name.Claims;
import io.pgrok.operator.status.Resolution;
import io.pgrok.operator.tunnelserver.Servers;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each {@code golden/in-*.yaml} is a cluster; {@code out-*.yaml} beside it says what becomes of its
 * Tunnels, by namespace and name.
 */
class ResolutionGoldenTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  static Stream<String> cases() throws IOException {
    try (var files = Files.list(GOLDEN)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("in-"))
          .map(name -> name.substring("in-".length()))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void tunnelsResolveAsWritten(String name) throws IOException {
    var cluster = new ClusterFile(Files.readString(GOLDEN.resolve("in-" + name)));
    var resolver = new TunnelResolver(cluster);

    var actual = new TreeMap<String, Object>();
    for (var tunnel : cluster.tunnels) {
      var metadata = tunnel.getMetadata();
      actual.put(
          metadata.getNamespace() + "/" + metadata.getName(), outcome(resolver.resolve(tunnel)));
    }

    assertThat(Manifest.read(Map.class, Manifest.write(actual)))
        .isEqualTo(Manifest.read(Map.class, Files.readString(GOLDEN.resolve("out-" + name))));
  }

  private static Object outcome(Resolution<Route> resolution) {
    return switch (resolution) {
      case Resolution.Resolved<Route>(Route route) ->
          new Resolved(
              route.server(),
              route.carrier().toString(),
              withoutRevision(route),
              route.shown() instanceof Shown.Instead(var why)
                  ? Map.of(why.reason().text(), why.message())
                  : null);
      case Resolution.Blocked<Route>(var why) -> Map.of(why.reason().text(), why.message());
    };
  }

  private static TunnelConfig withoutRevision(Route route) {
    var c = route.config();
    assertThat(c.revision()).hasSize(8);
    return c.withRevision(null);
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Resolved(
      String server,
      String carrier,
      TunnelConfig config,
      @Nullable Map<String, String> certificate) {}

  /** A cluster that consists of the documents of a file. */
  private static final class ClusterFile implements Cluster {
    final List<Tunnel> tunnels = new ArrayList<>();
    private final List<TunnelServer> servers = new ArrayList<>();
    private final List<Service> services = new ArrayList<>();
    private final List<Secret> secrets = new ArrayList<>();
    private final List<EndpointSlice> slices = new ArrayList<>();
    private final List<Namespace> namespaces = new ArrayList<>();
    private final List<String> workloads = new ArrayList<>();

    ClusterFile(String yaml) {
      for (String document : yaml.split("(?m)^---$")) {
        var kind = String.valueOf(Manifest.read(Map.class, document).get("kind"));
        switch (kind) {
          case "Tunnel" -> tunnels.add(Manifest.read(Tunnel.class, document));
          case "TunnelServer" -> servers.add(Manifest.read(TunnelServer.class, document));
          case "Service" -> services.add(Manifest.read(Service.class, document));
          case "EndpointSlice" -> slices.add(Manifest.read(EndpointSlice.class, document));
          case "Namespace" -> namespaces.add(Manifest.read(Namespace.class, document));
          case "Secret" -> secrets.add(Manifest.read(Secret.class, document));
          case "Deployment", "StatefulSet", "DaemonSet" -> {
            var metadata = (Map<?, ?>) Manifest.read(Map.class, document).get("metadata");
            workloads.add(
                "%s %s/%s".formatted(kind, metadata.get("namespace"), metadata.get("name")));
          }
          default -> throw new IllegalArgumentException("unexpected kind " + kind);
        }
      }
    }

    @Override
    public Resolution<ServerConnection> server(@Nullable String name) {
      return Servers.pick(name, servers)
          .then(server ->
              Servers.connection(
                  server,
                  secret ->
                      secrets.stream()
                          .filter(s -> s.getMetadata().getName().equals(secret))
                          .findFirst()));
    }

    @Override
    public Endpoints endpoints(String namespace, String service) {
      return Endpoints.of(
          slices.stream()
              .filter(s -> s.getMetadata().getNamespace().equals(namespace))
              .filter(s ->
                  service.equals(s.getMetadata().getLabels().get("kubernetes.io/service-name")))
              .toList());
    }

    @Override
    public Optional<Secret> secret(String namespace, String name) {
      return secrets.stream()
          .filter(s -> namespace.equals(s.getMetadata().getNamespace()))
          .filter(s -> s.getMetadata().getName().equals(name))
          .filter(s ->
              s.getMetadata().getLabels() != null
                  && "true".equals(s.getMetadata().getLabels().get(Labels.TUNNEL_SECRET)))
          .findFirst();
    }

    @Override
    public boolean secretsEnabled() {
      return true;
    }

    @Override
    public Map<String, String> namespaceLabels(String namespace) {
      return namespaces.stream()
          .filter(n -> n.getMetadata().getName().equals(namespace))
          .map(n -> n.getMetadata().getLabels())
          .findFirst()
          .orElse(Map.of());
    }

    @Override
    public Stream<Tunnel> tunnelsIn(String namespace) {
      return tunnels.stream().filter(t -> t.getMetadata().getNamespace().equals(namespace));
    }

    @Override
    public Optional<Service> service(String namespace, String name) {
      return services.stream()
          .filter(s -> s.getMetadata().getNamespace().equals(namespace))
          .filter(s -> s.getMetadata().getName().equals(name))
          .findFirst();
    }

    @Override
    public boolean exists(Carrier.Named agent) {
      return false;
    }

    @Override
    public boolean exists(Carrier.Sidecar workload) {
      return workloads.contains(workload.toString());
    }

    @Override
    public boolean sidecarsEnabled() {
      return true;
    }

    @Override
    public Stream<Tunnel> possibleRivals(Tunnel tunnel) {
      return tunnels.stream()
          .filter(t -> Claims.keys(t).stream().anyMatch(Claims.keys(tunnel)::contains))
          .filter(t -> Claims.mayCollide(t, tunnel));
    }
  }
}
