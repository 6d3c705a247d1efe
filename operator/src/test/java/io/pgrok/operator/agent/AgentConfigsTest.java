package io.pgrok.operator.agent;

import static io.pgrok.operator.agent.ManyRoutes.routes;
import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.protocol.agent.AgentYaml;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AgentConfigsTest {

  private static final ServerConnection MAIN =
      new ServerConnection("main", "pgrokd:4443", "example.com", "CA", "token");
  private static final ServerConnection IDLE =
      new ServerConnection("idle", "other:4443", "example.org", null, null);

  @Test
  void eachServerIsAFileThatTheAgentReads() throws InvalidConfigException {
    var files = AgentConfigs.files(List.of(MAIN, IDLE), routes(2));

    assertThat(files).containsOnlyKeys("main.yml", "idle.yml");
    var main = AgentYaml.read("main.yml", files.get("main.yml"));
    assertThat(main.serverAddr()).isEqualTo("pgrokd:4443");
    assertThat(main.authToken()).isEqualTo("token");
    assertThat(main.tunnels()).containsOnlyKeys("ns/t000", "ns/t001");
    assertThat(AgentYaml.read("idle.yml", files.get("idle.yml")).tunnels()).isEmpty();
  }

  @Test
  void orderOfRoutesChangesNothing() {
    var reversed = new LinkedHashMap<ResourceID, Route>();
    List.copyOf(routes(50).entrySet())
        .reversed()
        .forEach(e -> reversed.put(e.getKey(), e.getValue()));

    assertThat(AgentConfigs.files(List.of(MAIN), reversed))
        .isEqualTo(AgentConfigs.files(List.of(MAIN), routes(50)));
  }

  @Test
  void partsHoldTheTunnelsOfSessionsThatHaveNone() throws InvalidConfigException {
    var sessions = AgentConfigs.sessions(List.of(MAIN));
    assertThat(AgentYaml.read("main.yml", sessions.get("main.yml")).tunnels()).isEmpty();

    var part = AgentConfigs.tunnelFiles(2, routes(2));
    assertThat(part).containsOnlyKeys("main.2.tunnels");
    assertThat(AgentYaml.read("part", part.get("main.2.tunnels")).tunnels())
        .containsOnlyKeys("ns/t000", "ns/t001");
  }

  @Test
  void partsAreOfLikeSize() {
    var sizes =
        routes(1000).keySet().stream()
            .collect(
                Collectors.groupingBy(id -> AgentConfigs.placeOf(id, 4), Collectors.counting()));
    assertThat(sizes).hasSize(4).allSatisfy((part, size) -> assertThat(size).isBetween(200L, 300L));
  }
}
