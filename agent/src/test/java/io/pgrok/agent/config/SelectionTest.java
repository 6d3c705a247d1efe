package io.pgrok.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SelectionTest {

  private final SessionSpec session =
      new SessionSpec(
          "test",
          new Link(new HostPort("localhost", 4443), "", new Trust.SystemRoots()),
          List.of(tunnel("web"), tunnel("api"), tunnel("ssh")));

  @Test
  void namedTunnelsAreTakenFromTheFile() throws Exception {
    assertThat(new Selection.Named(List.of("ssh", "web", "ssh")).from(session).tunnels())
        .containsExactly(tunnel("ssh"), tunnel("web"));
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> new Selection.Named(List.of("wbe")).from(session))
        .withMessage("no tunnel 'wbe' in the configuration file; it has [web, api, ssh]");
  }

  @Test
  void theCommandLinesTunnelLeavesTheFilesClosed() throws Exception {
    assertThat(new Selection.Only(tunnel("default")).from(session).tunnels())
        .containsExactly(tunnel("default"));
  }

  private static TunnelSpec tunnel(String name) {
    return new TunnelSpec(
        name,
        null,
        name,
        "",
        "",
        0,
        new TreeMap<>(Map.of(Protocol.HTTP, PrivateAddress.plain(new HostPort("h", 80)))));
  }
}
