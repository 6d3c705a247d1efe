package io.pgrok.operator.agent;

import static io.pgrok.operator.agent.ManyRoutes.id;
import static io.pgrok.operator.agent.ManyRoutes.routes;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TunnelFilesTest {

  @Test
  void whatFitsIsAllThereIs() {
    var fit = new TunnelFiles(64, 1_000_000).fit(routes(10), Set.of());

    assertThat(fit.tunnels()).hasSize(10);
    assertThat(fit.left()).isEmpty();
  }

  @Test
  void newTunnelNeverTakesOneAwayThatWorks() {
    var all = routes(100);
    int limit = AgentConfigs.size(new TunnelFiles(64, 1_000_000).fit(all, Set.of()).files()) / 2;
    var working = Set.of(id(97), id(98), id(99));

    var fit = new TunnelFiles(64, limit).fit(all, working);

    assertThat(fit.tunnels()).containsAll(working).hasSizeGreaterThan(25);
    assertThat(AgentConfigs.size(fit.files())).isLessThanOrEqualTo(limit);
    assertThat(fit.left()).hasSize(100 - fit.tunnels().size());
  }

  @Test
  void oneThatChangesLeavesTheOtherFilesAsTheyAre() {
    var files = new TunnelFiles(8, 1_000_000);
    var all = routes(100);
    var before = files.fit(all, Set.of()).files();

    all.put(id(7), all.get(id(8)));
    var after = files.fit(all, Set.of()).files();

    assertThat(before).hasSize(8);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after.entrySet().stream().filter(f -> !f.getValue().equals(before.get(f.getKey()))))
        .hasSize(1);
  }

  @Test
  void aFileGoesWithItsLastTunnel() {
    var files = new TunnelFiles(8, 1_000_000);
    files.fit(routes(100), Set.of());

    assertThat(files.fit(routes(1), Set.of()).files()).hasSize(1);
    assertThat(files.fit(Map.of(), Set.of()).files()).isEmpty();
  }
}
