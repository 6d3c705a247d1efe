package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.pgrokd.config.ListenAddress;
import io.pgrok.pgrokd.config.ServerConfig;
import io.pgrok.pgrokd.config.StartupException;
import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.TestServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a server from starting is said in a sentence that names the fix. */
class StartupTest {

  @TempDir Path dir;

  private static ServerConfig with(
      ServerConfig config, ListenAddress http, ServerConfig.Certificate certificate, Path tokens) {
    return Copy.of(
        config,
        "http",
        http,
        "certificates",
        certificate == null ? List.of() : List.of(certificate),
        "tokenFiles",
        tokens == null ? List.of() : List.of(tokens));
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ListenAddress taken = new ListenAddress("127.0.0.1", other.getLocalPort());
      assertThatThrownBy(() -> TestServer.start(config -> with(config, taken, null, null)))
          .isInstanceOf(StartupException.class)
          .hasMessageStartingWith("-httpAddr 127.0.0.1:" + other.getLocalPort())
          .hasMessageContaining("in use");
    }
  }

  @Test
  void anAddressOfAnotherMachineIsNamed() {
    ListenAddress foreign = new ListenAddress("192.0.2.1", 0);
    assertThatThrownBy(() -> TestServer.start(config -> with(config, foreign, null, null)))
        .hasMessageContaining("-httpAddr 192.0.2.1:0")
        .hasMessageContaining("no such address");
  }

  @Test
  void aMissingOrBrokenCertificateIsNamed() throws Exception {
    Path missing = dir.resolve("none.crt");
    assertThatThrownBy(() ->
            TestServer.start(
                config -> with(config, null, new ServerConfig.Certificate(missing, missing), null)))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(missing + ": there is no such file");
    Path broken = Files.writeString(dir.resolve("broken.crt"), "not PEM");
    assertThatThrownBy(() ->
            TestServer.start(
                config -> with(config, null, new ServerConfig.Certificate(broken, broken), null)))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(broken.toString());
  }

  @Test
  void aBrokenTokenFileIsNamed() throws Exception {
    Path tokens = Files.writeString(dir.resolve("tokens.yml"), "tokens: none\n");
    assertThatThrownBy(() -> TestServer.start(config -> with(config, null, null, tokens)))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("-authTokenFile: " + tokens);
  }

  @Test
  void aListenerMayBeSwitchedOff() throws Exception {
    try (TestServer server = TestServer.start(config -> with(config, null, null, null))) {
      assertThat(server.httpPort()).isZero();
      assertThat(server.httpsPort()).isPositive();
    }
  }
}
