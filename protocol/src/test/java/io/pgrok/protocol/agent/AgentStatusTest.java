package io.pgrok.protocol.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.agent.AgentStatus.Tunnel;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentStatusTest {

  private final ObjectMapper json = new ObjectMapper();

  @Test
  void readsWhatItWrites() throws Exception {
    AgentStatus status =
        new AgentStatus(
            "1.2",
            List.of(
                new Session(
                    "default",
                    "pgrokd:4443",
                    SessionState.ONLINE,
                    null,
                    "default.yml:3: is not valid YAML",
                    List.of(
                        new Tunnel(
                            "shop/web",
                            "7",
                            TunnelState.ONLINE,
                            List.of("http://web.test"),
                            null)))));

    assertThat(json.readValue(json.writeValueAsString(status), AgentStatus.class))
        .isEqualTo(status);
  }

  @Test
  void readsWhatANewerAgentSays() throws Exception {
    AgentStatus status =
        json.readValue(
            """
            {"version": "9", "uptime": 5, "sessions": [
              {"name": "a", "serverAddr": "s:1", "state": "online", "new": {}, "tunnels": [
                {"name": "t", "state": "online", "urls": ["http://t"], "requests": 7}]}]}
            """,
            AgentStatus.class);

    assertThat(status.sessions().getFirst().tunnels().getFirst().urls())
        .containsExactly("http://t");
  }
}
