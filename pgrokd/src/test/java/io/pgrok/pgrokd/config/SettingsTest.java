package io.pgrok.pgrokd.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class SettingsTest {

  @TempDir Path dir;

  private static ServerConfig parse(Settings settings, String... args) throws StartupException {
    Options options = new Options();
    new CommandLine(options)
        .setPosixClusteredShortOptionsAllowed(false)
        .setDefaultValueProvider(settings)
        .parseArgs(args);
    return options.toConfig(Map.of());
  }

  private SettingsFile file(String yaml) throws Exception {
    return SettingsFile.read(
        Files.writeString(dir.resolve("pgrokd.yml"), yaml),
        new CommandLine(new Options())
            .getCommandSpec().options().stream().map(Settings::name).toList());
  }

  @Test
  void theCommandLineBeatsTheEnvironmentThatBeatsTheFileThatBeatsTheDefault() throws Exception {
    SettingsFile file = file("httpAddr: ':1'\nhttpsAddr: ':1'\ntunnelAddr: ':1'\n");
    Map<String, String> environment =
        Map.of("PGROKD_HTTP_ADDR", ":2", "PGROKD_HTTPS_ADDR", ":2", "PGROKD_PORT", "ignored");

    ServerConfig config = parse(new Settings(environment, file), "-httpAddr=:3");

    assertThat(config.http()).hasToString(":3");
    assertThat(config.https()).hasToString(":2");
    assertThat(config.tunnel()).hasToString(":1");
    assertThat(config.admin()).hasToString("127.0.0.1:4444");
  }

  @ParameterizedTest
  @CsvSource({
    "httpAddr, PGROKD_HTTP_ADDR",
    "tunnelTLSClientCA, PGROKD_TUNNEL_TLS_CLIENT_CA",
    "tlsClientCA, PGROKD_TLS_CLIENT_CA",
    "log-level, PGROKD_LOG_LEVEL",
    "domain, PGROKD_DOMAIN",
    "maxConnectionsPerAddress, PGROKD_MAX_CONNECTIONS_PER_ADDRESS",
  })
  void aVariableIsTheOptionInCapitals(String name, String variable) {
    assertThat(Settings.variable(name)).isEqualTo(variable);
  }

  @Test
  void valuesOfAllKindsMayStandInTheFile() throws Exception {
    ServerConfig config =
        parse(
            new Settings(
                Map.of(),
                file(
                    """
                    # a comment
                    domain: tunnels.example.com
                    httpAddr: ""
                    trustedProxies: [10.0.0.0/8, "::1"]
                    authTokenFile:
                      - a.yml
                      - b.yml
                    classicProxyConnections: false
                    maxTunnelsPerToken: 5
                    tcpPorts: 7000-7010
                    timeouts: [drain=5s, requestHead=1s]
                    tlsCrt:
                    """)));
    assertThat(config.domain()).isEqualTo("tunnels.example.com");
    assertThat(config.http()).isNull();
    assertThat(config.trustedProxies().contains(InetAddress.ofLiteral("10.1.2.3"))).isTrue();
    assertThat(config.tokenFiles()).containsExactly(Path.of("a.yml"), Path.of("b.yml"));
    assertThat(config.classicProxyConnections()).isFalse();
    assertThat(config.limits().tunnelsPerToken()).isEqualTo(5);
    assertThat(config.tcpPorts()).hasToString("[7000-7010]");
    assertThat(config.timing().drain()).hasSeconds(5);
    assertThat(config.timing().requestHead()).hasSeconds(1);
  }

  @Test
  void aRepeatedOptionReplacesTheListOfTheFile() throws Exception {
    Settings settings = new Settings(Map.of(), file("authTokenFile: [a.yml, b.yml]\n"));
    assertThat(parse(settings, "-authTokenFile=c.yml").tokenFiles())
        .containsExactly(Path.of("c.yml"));
  }

  @Test
  void theReferencesVariableForThePublicHostGoesOn() throws Exception {
    assertThat(parse(new Settings(Map.of("VHOST", "pub.example.com"), SettingsFile.NONE)))
        .extracting(ServerConfig::publicHost)
        .isEqualTo(new ServerConfig.PublicHost("pub.example.com", 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "domian: x | :1: there is no setting 'domian'; did you mean 'domain'?",
        "log: none\\nHTTPADDR: x | :2: there is no setting 'HTTPADDR'; did you mean 'httpAddr'?",
        "colour: red | :1: there is no setting 'colour'; settings are named like the options",
        "log: a\\nlog: b | :2: log: is set twice",
        "domain: {a: b} | :1: domain: must be a value or a list of values",
        "trustedProxies: ['a,b'] | :1: trustedProxies: a list holds plain values without commas",
        "- domain | :1: is no mapping",
        "domain: [ | is not valid YAML",
      })
  void whatIsWrongInTheFileIsNamedWithLineAndKey(String yaml, String message) {
    assertThatThrownBy(() -> file(yaml.replace("\\n", "\n")))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(dir.resolve("pgrokd.yml") + "")
        .hasMessageContaining(message);
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = dir.resolve("none.yml");
    assertThatThrownBy(() -> SettingsFile.read(missing, List.of()))
        .hasMessage("-config " + missing + ": there is no such file");
  }

  @Test
  void aBadValueIsNamedWithThePlaceThatSetIt() throws Exception {
    Settings inFile = new Settings(Map.of(), file("log: none\nhttpAddr: nowhere\n"));
    assertThatThrownBy(() -> parse(inFile))
        .satisfies(e ->
            assertThat(inFile.located(e.getMessage()))
                .startsWith(dir.resolve("pgrokd.yml") + ":2: httpAddr: -httpAddr: 'nowhere'"));

    Settings inEnvironment =
        new Settings(Map.of("PGROKD_MAX_VISITS_PER_TUNNEL", "many"), SettingsFile.NONE);
    assertThatThrownBy(() -> parse(inEnvironment))
        .isInstanceOf(ParameterException.class)
        .satisfies(e ->
            assertThat(inEnvironment.located(e.getMessage()))
                .startsWith("PGROKD_MAX_VISITS_PER_TUNNEL: Invalid value"));

    Settings unused = new Settings(Map.of("PGROKD_HTTP_ADDR", ":1"), SettingsFile.NONE);
    assertThatThrownBy(() -> parse(unused, "-httpAddr=nowhere"))
        .satisfies(
            e -> assertThat(unused.located(e.getMessage())).startsWith("-httpAddr: 'nowhere'"));
  }
}
