package io.pgrok.pgrokd.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgrok.pgrokd.tunnel.Protocol;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class OptionsTest {

  private static ServerConfig parse(Map<String, String> environment, String... args)
      throws StartupException {
    Options options = new Options();
    new CommandLine(options)
        .setPosixClusteredShortOptionsAllowed(false)
        .setDefaultValueProvider(new Settings(environment, SettingsFile.NONE))
        .parseArgs(args);
    return options.toConfig(environment);
  }

  @Test
  void optionsTakeOneDashOrTwoAndBothFormsOfValue() throws Exception {
    ServerConfig config =
        parse(
            Map.of(),
            "-httpAddr=:8080",
            "-httpsAddr",
            "127.0.0.1:8443",
            "--tunnelAddr=[::1]:4444",
            "--adminAddr",
            "",
            "-domain",
            "Tunnels.Example.com");
    assertThat(config.http()).isEqualTo(new ListenAddress("", 8080));
    assertThat(config.https()).isEqualTo(new ListenAddress("127.0.0.1", 8443));
    assertThat(config.tunnel()).isEqualTo(new ListenAddress("::1", 4444));
    assertThat(config.admin()).isNull();
    assertThat(config.domain()).isEqualTo("tunnels.example.com");
  }

  @Test
  void theDefaultsAreTheReferences() throws Exception {
    ServerConfig config = parse(Map.of());
    assertThat(config.http()).hasToString(":80");
    assertThat(config.https()).hasToString(":443");
    assertThat(config.tunnel()).hasToString(":4443");
    assertThat(config.tokenFiles()).isEmpty();
  }

  @Test
  void anEmptyAddressSwitchesAListenerOff() throws Exception {
    assertThat(parse(Map.of(), "-httpAddr=").http()).isNull();
  }

  @Test
  void vhostIsAHostAndMaybeAPort() throws Exception {
    assertThat(parse(Map.of("VHOST", "pub.example.com")).publicHost())
        .isEqualTo(new ServerConfig.PublicHost("pub.example.com", 0));
    assertThat(parse(Map.of("VHOST", "pub.example.com:8080")).publicHost())
        .isEqualTo(new ServerConfig.PublicHost("pub.example.com", 8080));
    assertThatThrownBy(() -> parse(Map.of("VHOST", "http://x")))
        .hasMessageStartingWith("-vhost: 'http://x'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "x", ":x", ":-1", ":70000", "::1:80", "host:"})
  void aBadAddressIsNamedWithItsOption(String address) {
    assertThatThrownBy(() -> parse(Map.of(), "-httpAddr=" + address))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("-httpAddr: '" + address + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "-domain=a_b, -domain: 'a_b'",
    "-domain=http://x, -domain: 'http://x'",
    "'-trustedProxies=::1,10.0.0.0/33', -trustedProxies: '10.0.0.0/33'",
    "-trustedProxies=example.com, -trustedProxies: 'example.com'",
    "-tcpPorts=7000-x, -tcpPorts: '7000-x' is no port",
    "'-tcpPorts=none,7000', -tcpPorts: 'none' is no port",
    "-maxVisitsPerTunnel=0, -maxVisitsPerTunnel: must be at least 1",
    "-timeouts=drain=x, -timeouts: drain: 'x' is no time",
    "-timeouts=drain=0s, -timeouts: drain: '0s' is no time",
    "-timeouts=drain=25h, -timeouts: drain: '25h' is no time",
    "-timeouts=drian=1s, -timeouts: there is no time 'drian'",
    "-tlsCrt=x.crt, -tlsCrt and -tlsKey belong together",
  })
  void aBadOptionIsNamed(String option, String message) {
    assertThatThrownBy(() -> parse(Map.of(), option))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void portsOfTunnelsAreAllOrThoseListedOrNone() throws Exception {
    assertThat(parse(Map.of()).tcpPorts()).isNull();
    assertThat(parse(Map.of(), "-tcpPorts=").tcpPorts()).isNull();
    assertThat(parse(Map.of(), "-tcpPorts=7000,7010-7019").tcpPorts())
        .hasToString("[7000, 7010-7019]");
    assertThat(parse(Map.of("PGROKD_TCP_PORTS", "none")).tcpPorts()).isEmpty();
  }

  @Test
  void timesAreReplacedOneByOneWhereverTheyAreSet() throws Exception {
    assertThat(parse(Map.of()).timing()).isEqualTo(Timing.DEFAULT);
    Timing changed = parse(Map.of(), "-timeouts=requestHead=4.5s,drain=1m30s").timing();
    assertThat(changed.requestHead()).isEqualTo(Duration.ofMillis(4500));
    assertThat(changed.drain()).isEqualTo(Duration.ofSeconds(90));
    assertThat(changed.requestBody()).isEqualTo(Timing.DEFAULT.requestBody());
    Map<String, String> variable = Map.of("PGROKD_TIMEOUTS", "keepAlive=5s,quiet=1s");
    assertThat(parse(variable).timing().quiet()).isEqualTo(Duration.ofSeconds(1));
    assertThat(parse(variable).timing().keepAlive()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void everyTimeMayBeSet() throws Exception {
    for (RecordComponent time : Timing.class.getRecordComponents()) {
      Timing changed = parse(Map.of(), "-timeouts", time.getName() + "=7s").timing();
      assertThat(time.getAccessor().invoke(changed))
          .as(time.getName())
          .isEqualTo(Duration.ofSeconds(7));
    }
  }

  @Test
  void theVhostsPortIsThatOfHttp() throws Exception {
    ServerConfig.PublicHost host = parse(Map.of("VHOST", "pub.example.com:8080")).publicHost();
    assertThat(host.port(Protocol.HTTP)).isEqualTo(8080);
    assertThat(host.port(Protocol.HTTPS)).isEqualTo(443);
  }

  @Test
  void theDataDirectoryFollowsXdg() throws Exception {
    assertThat(parse(Map.of("XDG_DATA_HOME", "/data")).dataDir()).hasToString("/data/pgrok");
    assertThat(parse(Map.of()).dataDir().toString()).endsWith("/.local/share/pgrok");
    assertThat(parse(Map.of(), "-dataDir=/x").dataDir()).hasToString("/x");
  }
}
