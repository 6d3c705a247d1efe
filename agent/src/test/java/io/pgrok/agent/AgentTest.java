package io.pgrok.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgrok.agent.config.DirectorySource;
import io.pgrok.agent.config.Flags;
import io.pgrok.agent.fake.FakeControl;
import io.pgrok.agent.fake.FakeServer;
import io.pgrok.agent.inspect.Inspector;
import io.pgrok.agent.net.Network;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.agent.status.StatusBoard;
import io.pgrok.protocol.agent.AgentConfig;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A directory of sessions, as the operator lays it out. */
@Timeout(60)
class AgentTest {

  @TempDir Path directory;
  private final StatusBoard board = new StatusBoard("test");
  private Network network;
  private FakeServer server;
  private Agent agent;

  @BeforeEach
  void start() throws Exception {
    network = Network.open();
    server = new FakeServer();
    agent =
        new Agent(
            new DirectorySource(directory, Flags.NONE),
            network,
            board,
            new Traffic(),
            Inspector.none(),
            Duration.ofSeconds(1));
    agent.start();
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
    server.close();
    network.close();
  }

  @Test
  void anEmptyDirectoryIsFine() {
    assertThat(board.current().sessions()).isEmpty();
  }

  @Test
  void eachFileIsASessionThatComesAndGoesAlone() throws Exception {
    write("one", "web");
    FakeControl one = server.control().grant("c1");
    one.register("http://web.test");
    write("two", "api");
    FakeControl two = server.control().grant("c2");
    two.register("http://api.test");
    await().until(() -> board.current().sessions().size() == 2);

    Files.delete(directory.resolve("one.yml"));

    await().until(one::isClosed);
    await().until(() -> board.current().sessions().size() == 1);
    assertThat(board.current().sessions().getFirst().name()).isEqualTo("two");
    assertThat(two.isClosed()).isFalse();
    assertThat(two.isQuiet()).isTrue();
  }

  @Test
  void aFileThatIsBrokenFromTheStartIsReportedUntilItIsMended() throws Exception {
    Files.writeString(directory.resolve("one.yml"), "tunnels: {");
    await().until(() -> !board.current().sessions().isEmpty());
    AgentStatus.Session broken = board.current().sessions().getFirst();
    assertThat(broken.configError()).contains("one.yml:1: is not valid YAML");

    write("one", "web");

    server.control().grant("c1").register("http://web.test");
    await().until(() -> board.current().sessions().getFirst().configError() == null);
  }

  @Test
  void aFileThatBreaksLaterLeavesItsTunnelsOpen() throws Exception {
    write("one", "web");
    FakeControl control = server.control().grant("c1");
    control.register("http://web.test");

    Files.writeString(directory.resolve("one.yml"), "tunnels: {web: {proto: {ftp: 21}}}");

    await().until(() -> board.current().sessions().getFirst().configError() != null);
    AgentStatus.Session session = board.current().sessions().getFirst();
    assertThat(session.configError()).contains("tunnels.web.proto.ftp must be http");
    assertThat(session.tunnels().getFirst().urls()).containsExactly("http://web.test");
    assertThat(control.isClosed()).isFalse();
  }

  private void write(String session, String tunnel) throws IOException {
    AgentConfig config =
        AgentConfig.session(
            "localhost:" + server.port(),
            FakeServer.authority(),
            "s3cret",
            Map.of(
                tunnel, new TunnelConfig(tunnel, null, Map.of("http", "8080"), null, null, "1")));
    Files.writeString(directory.resolve(session + ".yml"), AgentYaml.write(config));
  }
}
