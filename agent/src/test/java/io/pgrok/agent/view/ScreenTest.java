package io.pgrok.agent.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.agent.inspect.Capture;
import io.pgrok.agent.inspect.Latencies;
import io.pgrok.agent.inspect.Origin;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import io.pgrok.protocol.http.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a terminal of some size shows. */
class ScreenTest {

  private static final Screen.Numbers NUMBERS =
      new Screen.Numbers(5, 2, new Latencies.Summary(3, 1.5, 20, 300));

  private static AgentStatus.Tunnel tunnel(String name, String error) {
    return new AgentStatus.Tunnel(
        name, null, TunnelState.ONLINE, List.of("https://" + name + ".tunnels.example.com"), error);
  }

  private static AgentStatus status(int tunnels, String error) {
    List<AgentStatus.Tunnel> all = new ArrayList<>();
    IntStream.range(0, tunnels).forEach(i -> all.add(tunnel("preview-of-branch-" + i, null)));
    return new AgentStatus(
        "1.2",
        List.of(
            new AgentStatus.Session(
                "pgrok",
                "localhost:4443",
                error == null ? SessionState.ONLINE : SessionState.RECONNECTING,
                error,
                all)));
  }

  private static Capture.Snapshot request(String target, String status) {
    return new Capture.Snapshot(
        1,
        new Origin("web", "", "", "", new io.netty.channel.DefaultEventLoop(), _ -> {}),
        null,
        0,
        new Head.Builder("GET " + target + " HTTP/1.1").build(),
        0,
        false,
        new Head.Builder("HTTP/1.1 " + status).build(),
        0,
        false,
        Capture.Phase.COMPLETE,
        false,
        1,
        2,
        3.25,
        0);
  }

  private static List<String> texts(
      AgentStatus status, int requests, String target, int columns, int rows) {
    List<Capture.Snapshot> newest =
        IntStream.range(0, requests).mapToObj(_ -> request(target, "200 OK")).toList();
    Screen.Content content =
        new Screen.Content(
            status, NUMBERS, newest, List.of("Inspector http://127.0.0.1:4040"), "1.2");
    return Screen.lines(content, new TerminalSize(columns, rows)).stream()
        .map(Screen.Line::text)
        .toList();
  }

  @Test
  void everythingIsThereWhereThereIsRoom() {
    AgentStatus.Session online =
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
    assertThat(texts(new AgentStatus("1.2", List.of(online)), 1, "/index.html", 80, 24))
        .containsExactly(
            "pgrok 1.2  (Ctrl+C to quit)",
            "",
            "Session        online",
            "Server         localhost:4443",
            "Refused        web: Not listening for https connections",
            "Forwarding     http://web.test  (web)",
            "Inspector http://127.0.0.1:4040",
            "Connections    5 total, 2 open",
            "Requests       3 total, p50 1.5 ms, p90 20.0 ms, p99 300.0 ms",
            "",
            "GET /index.html                              200 OK                   3.3 ms");
  }

  @ParameterizedTest
  @CsvSource({"80,24", "40,12", "120,40", "20,5", "1,1", "300,100", "80,8"})
  void nothingIsWiderOrHigherThanTheTerminal(int columns, int rows) {
    for (AgentStatus status :
        List.of(status(1, null), status(30, null), status(0, "x".repeat(500)), status(30, "no"))) {
      for (int requests : new int[] {0, 1, 50}) {
        assertThat(texts(status, requests, "/" + "long/日本語/".repeat(40), columns, rows))
            .hasSizeLessThanOrEqualTo(rows)
            .allSatisfy(line -> assertThat(Text.width(line)).isLessThanOrEqualTo(columns));
      }
    }
  }

  @Test
  void manyTunnelsLeaveRoomForTheNewestRequests() {
    List<String> lines = texts(status(30, null), 50, "/a", 80, 24);
    assertThat(lines).hasSize(24);
    assertThat(lines.stream().filter(line -> line.startsWith("GET /a"))).hasSize(5);
    assertThat(lines).contains("               … and 20 more tunnels");
    assertThat(lines).contains("Connections    5 total, 2 open");
  }

  @Test
  void requestsFillWhatIsLeft() {
    List<String> lines = texts(status(1, null), 50, "/a", 80, 24);
    assertThat(lines).hasSize(24);
    assertThat(lines.stream().filter(line -> line.startsWith("GET /a"))).hasSize(15);
  }

  @Test
  void anErrorIsReadToItsEnd() {
    String error = "the certificate is not trusted here: name its authority with -serverca FILE";
    List<String> lines = texts(status(0, error), 0, "", 50, 24);
    assertThat(lines.subList(4, 7))
        .containsExactly(
            "Error          the certificate is not trusted",
            "               here: name its authority with",
            "               -serverca FILE");
  }

  @Test
  void whatOthersWroteIsTextAndNothingElse() {
    assertThat(texts(status(1, "bad \033[2J\r\nworse"), 0, "", 80, 24))
        .contains("Error          bad ?[2J??worse");
  }

  @Test
  void rowsAreDrawnOverWhatWasThere() {
    String block =
        LiveView.block(
            List.of(
                new Screen.Line("one", Screen.Tone.GOOD),
                new Screen.Line("two", Screen.Tone.PLAIN)),
            true);
    assertThat(block).isEqualTo("\033[H\033[2K\033[32mone\033[0m\r\n\033[Jtwo");
    assertThat(LiveView.block(List.of(new Screen.Line("one", Screen.Tone.BAD)), false))
        .isEqualTo("\033[H\033[Jone");
  }
}
