package io.pgrok.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.agent.AgentStatus.Tunnel;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegistrationTest {

  private static final List<String> URLS = List.of("https://web.example.com");

  @Test
  void oneAgentThatServesItIsEnough() {
    assertThat(of(new Link.Down("gone"), live(TunnelState.ONLINE, "new"), new Link.Connecting()))
        .isEqualTo(new Registration.Online(URLS));
  }

  @Test
  void olderRevisionIsNotYetTheAnswer() {
    assertThat(of(live(TunnelState.ONLINE, "old"))).isEqualTo(new Registration.Outdated());
    assertThat(of(live(TunnelState.REFUSED, "old"))).isEqualTo(new Registration.Pending());
  }

  @Test
  void refusalCarriesTheServersWords() {
    assertThat(of(live(TunnelState.REFUSED, "new"))).isEqualTo(new Registration.Refused("taken"));
  }

  @Test
  void tunnelThatTheAgentHasNotReadYetIsPending() {
    var other = new Tunnel("ns/other", "new", TunnelState.ONLINE, URLS, null);

    assertThat(of(live(SessionState.ONLINE, null, other))).isEqualTo(new Registration.Pending());
    assertThat(of(new Link.Live(new Report(new AgentStatus("v", List.of())))))
        .isEqualTo(new Registration.Pending());
  }

  @Test
  void sessionThatIsNotOnlineSaysWhy() {
    assertThat(of(live(SessionState.REFUSED, "bad token")))
        .isEqualTo(new Registration.LoggedOut("bad token"));
    assertThat(of(live(SessionState.RECONNECTING, "connection refused")))
        .isEqualTo(new Registration.Unreachable("connection refused"));
    assertThat(of(live(SessionState.CONNECTING, null))).isEqualTo(new Registration.Pending());
  }

  @Test
  void silenceIsUnknownAndAbsenceIsNoAgent() {
    assertThat(of(new Link.Connecting())).isEqualTo(new Registration.Unknown());
    assertThat(of(new Link.Down("refused"))).isEqualTo(new Registration.NoAgent("refused"));
    assertThat(of()).isInstanceOf(Registration.NoAgent.class);
  }

  private static Registration of(Link... links) {
    return Registration.of(List.of(links), "server", "ns/web", "new");
  }

  private static Link live(TunnelState state, String revision) {
    var urls = state == TunnelState.ONLINE ? URLS : List.<String>of();
    var error = state == TunnelState.REFUSED ? "taken" : null;
    return live(SessionState.ONLINE, null, new Tunnel("ns/web", revision, state, urls, error));
  }

  private static Link live(SessionState state, @Nullable String error, Tunnel... tunnels) {
    return new Link.Live(
        new Report(
            new AgentStatus(
                "v",
                List.of(new Session("server", "pgrokd:4443", state, error, List.of(tunnels))))));
  }
}
