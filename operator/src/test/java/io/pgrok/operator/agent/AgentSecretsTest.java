package io.pgrok.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentSecretsTest {

  private static final List<ServerConnection> SERVERS =
      List.of(new ServerConnection("main", "pgrokd:4443", "example.com", "CA", "token"));

  private final Map<String, Map<String, String>> stored = new HashMap<>();
  private final List<String> writes = new ArrayList<>();
  private final AgentSecrets secrets =
      new AgentSecrets(
          "agent",
          (name, files) -> {
            writes.add(name);
            stored.put(name, files);
          });

  @Test
  void atFirstAllAreWrittenWhateverTheyHeldBefore() {
    secrets.write(SERVERS, routes("one"));

    assertThat(writes).containsExactlyInAnyOrderElementsOf(AgentSecrets.names("agent"));
    assertThat(stored.get("agent")).containsOnlyKeys("main.yml");
    assertThat(stored.values().stream().flatMap(files -> files.keySet().stream()))
        .filteredOn(file -> file.endsWith(".tunnels"))
        .hasSize(1);
  }

  @Test
  void aTunnelThatComesIsOneWriteAndNeverMovesAnother() {
    secrets.write(SERVERS, routes("one", "two", "three", "four"));
    var before = new HashMap<>(stored);
    writes.clear();

    secrets.write(SERVERS, routes("one", "two", "three", "four", "five"));

    assertThat(writes).hasSize(1);
    before.keySet().removeAll(writes);
    assertThat(stored).containsAllEntriesOf(before);
    assertThat(stored.get(writes.getFirst()).values().toString()).contains("ns/five");
  }

  @Test
  void anotherTokenIsOneSmallWrite() {
    String before = secrets.write(SERVERS, routes("one"));
    writes.clear();

    String after =
        secrets.write(
            List.of(new ServerConnection("main", "pgrokd:4443", "example.com", "CA", "other")),
            routes("one"));

    assertThat(writes).containsExactly("agent");
    assertThat(after).isNotEqualTo(before);
  }

  @Test
  void nothingNewIsNotWritten() {
    String before = secrets.write(SERVERS, routes("one"));
    writes.clear();

    assertThat(secrets.write(SERVERS, routes("one"))).isEqualTo(before);
    assertThat(writes).isEmpty();
  }

  @Test
  void whatCouldNotBeWrittenIsWrittenNextTime() {
    var failing = new boolean[] {true};
    var careful =
        new AgentSecrets(
            "agent",
            (name, files) -> {
              if (failing[0] && name.equals("agent")) {
                throw new IllegalStateException("away");
              }
              writes.add(name);
            });
    assertThatThrownBy(() -> careful.write(SERVERS, routes("one"))).hasMessage("away");
    writes.clear();
    failing[0] = false;

    careful.write(SERVERS, routes("one"));

    assertThat(writes).containsExactly("agent");
  }

  /** The limit of a Secret is 1 MiB: 600 tunnels with a large header each do not fit. */
  @Test
  void whatDoesNotFitIsLeftUntilThereIsRoom() {
    var large = new HashMap<ResourceID, Route>();
    for (int i = 0; i < 600; i++) {
      large.put(id("t" + i), route("x".repeat(30_000)));
    }
    secrets.write(SERVERS, large);
    assertThat(secrets.left()).isNotEmpty();
    assertThat(stored.values())
        .allSatisfy(files -> assertThat(AgentConfigs.size(files)).isLessThan(1 << 20));

    large.keySet().removeIf(tunnel -> tunnel.getName().length() > 2);
    secrets.write(SERVERS, large);
    assertThat(secrets.left()).isEmpty();
  }

  private static Map<ResourceID, Route> routes(String... names) {
    var routes = new HashMap<ResourceID, Route>();
    for (String name : names) {
      routes.put(id(name), route(name));
    }
    return routes;
  }

  private static Route route(String auth) {
    return new Route(
        "main",
        new Carrier.Shared(),
        new TunnelConfig("sub", null, Map.of("http", "svc.ns.svc:80"), auth, null, "r"));
  }

  private static ResourceID id(String name) {
    return new ResourceID(name, "ns");
  }
}
