package io.pgrok.agent.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.agent.status.StatusBoard;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewTest {

  private final AgentStatus.Session online =
      new AgentStatus.Session(
          "pgrok",
          "localhost:4443",
          SessionState.ONLINE,
          null,
          List.of(
              new AgentStatus.Tunnel(
                  "web",
                  null,
                  TunnelState.ONLINE,
                  List.of("http://web.test"),
                  "Not listening for https connections")));

  @Test
  void linesTellEachThingOnce() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StatusBoard board = new StatusBoard("1.2");
    try (View view =
        View.lines(board, List.of(), new PrintStream(out, true, StandardCharsets.UTF_8))) {
      assertThat(view).isNotNull();
      board.publish(
          new AgentStatus.Session(
              "pgrok", "localhost:4443", SessionState.RECONNECTING, "cannot connect", List.of()));
      board.publish(online);
      board.publish(online);
    }

    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "Session reconnecting: cannot connect",
            "Session online with localhost:4443",
            "Forwarding http://web.test (web)",
            "Tunnel web refused: Not listening for https connections");
  }
}
