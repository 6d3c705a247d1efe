package io.pgrok.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.agent.AgentStatus.Tunnel;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportDiffTest {

  private static final Tunnel PENDING =
      new Tunnel("ns/a", "r", TunnelState.REGISTERING, List.of(), null);
  private static final Tunnel ONLINE =
      new Tunnel("ns/a", "r", TunnelState.ONLINE, List.of("http://a"), null);
  private static final Tunnel OTHER =
      new Tunnel("ns/b", "r", TunnelState.ONLINE, List.of("http://b"), null);

  @Test
  void onlyChangedTunnelsAreNamed() {
    var diff =
        ReportDiff.between(
            report(SessionState.ONLINE, PENDING, OTHER),
            report(SessionState.ONLINE, ONLINE, OTHER));

    assertThat(diff.tunnels()).containsExactly("ns/a");
    assertThat(diff.sessions()).isEmpty();
  }

  @Test
  void tunnelsThatComeAndGoAreNamed() {
    var diff =
        ReportDiff.between(report(SessionState.ONLINE, ONLINE), report(SessionState.ONLINE, OTHER));

    assertThat(diff.tunnels()).containsExactlyInAnyOrder("ns/a", "ns/b");
  }

  @Test
  void sessionThatChangesOrComesIsNamed() {
    var online = report(SessionState.ONLINE, ONLINE);

    assertThat(ReportDiff.between(report(SessionState.CONNECTING, ONLINE), online).sessions())
        .containsExactly("server");
    assertThat(ReportDiff.between(new Report(new AgentStatus("v", List.of())), online).sessions())
        .containsExactly("server");
  }

  private static Report report(SessionState state, Tunnel... tunnels) {
    return new Report(
        new AgentStatus(
            "v", List.of(new Session("server", "pgrokd:4443", state, null, List.of(tunnels)))));
  }
}
