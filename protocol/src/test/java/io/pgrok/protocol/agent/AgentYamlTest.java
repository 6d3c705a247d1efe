package io.pgrok.protocol.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pgrok.protocol.agent.AgentConfig.CertificateConfig;
import io.pgrok.protocol.agent.AgentConfig.PathType;
import io.pgrok.protocol.agent.AgentConfig.RouteConfig;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import io.pgrok.protocol.agent.AgentConfig.UpstreamConfig;
import io.pgrok.protocol.agent.AgentConfig.VisitorConfig;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AgentYamlTest {

  private static final AgentConfig CONFIG =
      AgentConfig.session(
          "pgrokd.pgrok.svc:4443",
          "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
          "s3cret",
          Map.of(
              "shop/web",
              new TunnelConfig(
                  "web-1a2b3", null, Map.of("http", "web.shop.svc:80"), "user:pass", null, "7"),
              "shop/ruled",
              new TunnelConfig(
                  "ruled",
                  null,
                  Map.of("http", "https://ruled.shop.svc:443"),
                  null,
                  null,
                  new VisitorConfig(List.of("10.0.0.0/8", "2001:db8::1"), true, "s3cret"),
                  new UpstreamConfig(
                      "rewrite",
                      Map.of("X-Key", "s3cret"),
                      Map.of("X-Robots-Tag", "noindex"),
                      "v2",
                      null,
                      true),
                  true,
                  List.of(
                      new RouteConfig("/api", PathType.EXACT, "api.shop.svc:80", null),
                      new RouteConfig("/", PathType.PREFIX, null, 404)),
                  new CertificateConfig("-----BEGIN CERTIFICATE-----\n", "-----BEGIN KEY-----\n"),
                  "8")));

  @Test
  void whatTheOperatorWritesIsWhatTheAgentReads() throws Exception {
    assertThat(AgentYaml.read("a.yml", AgentYaml.write(CONFIG))).isEqualTo(CONFIG);
  }

  @Test
  void whatIsAbsentIsNotWritten() {
    assertThat(AgentYaml.write(CONFIG))
        .startsWith("server_addr:")
        .doesNotContain("inspect_addr", "hostname", "null");
  }

  @Test
  void aFileOfCommentsIsAnEmptyConfiguration() throws Exception {
    assertThat(AgentYaml.read("a.yml", "# later\n\n").tunnels()).isEmpty();
  }

  @Test
  void anErrorNamesFileLineAndKeyButNoValue() {
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> AgentYaml.read("a.yml", "auth_token: one\nauth_tokn: s3cret\n"))
        .withMessageStartingWith("a.yml:2: auth_tokn is no key here")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
  }

  static Stream<Arguments> everyRecord() {
    return Stream.of(
        Arguments.of(AgentConfig.class, "nokey: 1"),
        Arguments.of(TunnelConfig.class, "tunnels: {a: {nokey: 1}}"),
        Arguments.of(VisitorConfig.class, "tunnels: {a: {visitors: {nokey: 1}}}"),
        Arguments.of(UpstreamConfig.class, "tunnels: {a: {upstream: {nokey: 1}}}"),
        Arguments.of(RouteConfig.class, "tunnels: {a: {routes: [{nokey: 1}]}}"),
        Arguments.of(CertificateConfig.class, "tunnels: {a: {certificate: {nokey: 1}}}"));
  }

  @ParameterizedTest
  @MethodSource("everyRecord")
  void theKeysThatAreReadAreThoseThatAreWritten(Class<?> record, String text) {
    List<String> written =
        Stream.of(record.getRecordComponents())
            .map(component -> component.getAccessor().getAnnotation(JsonProperty.class).value())
            .sorted()
            .toList();

    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> AgentYaml.read("a.yml", text))
        .withMessageEndingWith("nokey is no key here; known are " + written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "just text | a.yml:1: the file has a value of the wrong kind",
        "[a] | a.yml:1: the file has a value of the wrong kind",
        "auth_token: [s3cret] | a.yml:1: auth_token has a value of the wrong kind",
        "auth_token: {a: s3cret} | a.yml:1: auth_token has a value of the wrong kind",
        "tls: s3cret | a.yml:1: tls must be true or false",
        "tunnels: web | a.yml:1: tunnels has a value of the wrong kind",
        "tunnels: {a: [1]} | a.yml:1: tunnels.a has a value of the wrong kind",
        "tunnels: {a: {remote_port: s3cret}} | a.yml:1: tunnels.a.remote_port must be a whole number",
        "tunnels: {a: {proto: 80}} | a.yml:1: tunnels.a.proto has a value of the wrong kind",
        "tunnels: {a: {proto: {http: [80]}}} | a.yml:1: tunnels.a.proto.http has a value of the wrong kind",
        "tunnels: {a: {routes: {path: /}}} | a.yml:1: tunnels.a.routes has a value of the wrong kind",
        "tunnels: {a: {routes: [{path: /, path_type: s3cret, status: 404}]}} | a.yml:1: tunnels.a.routes.[0].path_type must be prefix or exact",
        "tunnels: {a: {visitors: {allow_cidrs: 10.0.0.1}}} | a.yml:1: tunnels.a.visitors.allow_cidrs has a value of the wrong kind",
        "tunnels: {a: {visitors: {allow_cidrs: [~]}}} | a.yml:1: tunnels.a.visitors.allow_cidrs has a value of the wrong kind",
      })
  void aValueOfTheWrongKindIsNamed(String text, String message) {
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> AgentYaml.read("a.yml", text))
        .withMessage(message);
  }

  @Test
  void secondDocumentsAreRefused() {
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> AgentYaml.read("a.yml", "auth_token: a\n---\nauth_token: b\n"))
        .withMessage("a.yml:1: the file has more than one document: give one");
  }

  @Test
  void whatIsLeftEmptyIsAbsent() throws Exception {
    AgentConfig config =
        AgentYaml.read(
            "a.yml",
            "auth_token:\ntls: \"\"\ntunnels:\n  a:\n    proto: {http: 0x50}\n    routes:\n");

    assertThat(config.authToken()).isNullOrEmpty();
    assertThat(config.tls()).isNull();
    assertThat(config.tunnels().get("a").proto()).containsEntry("http", "0x50");
    assertThat(config.tunnels().get("a").routes()).isEmpty();
  }

  @Test
  void whatLiesTooDeepIsRefused() {
    String deep = "a: " + "[".repeat(100_000);

    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> AgentYaml.read("a.yml", deep));
  }

  @Test
  void aLaterCheckFindsItsLineToo() {
    String text = "tunnels:\n  a:\n    proto: {http: 80}\n  b:\n    proto:\n      http: nowhere\n";

    assertThat(
            AgentYaml.invalid("a.yml", text, List.of("tunnels", "b", "proto", "http"), "is wrong"))
        .hasMessage("a.yml:6: tunnels.b.proto.http is wrong");
    assertThat(AgentYaml.invalid("a.yml", text, List.of("tunnels", "b", "auth"), "is wrong"))
        .as("an absent key is looked for where its parent is")
        .hasMessage("a.yml:4: tunnels.b.auth is wrong");
  }

  @Test
  void secretsAreLeftOutOfText() {
    assertThat(CONFIG.toString() + CONFIG.tunnels()).doesNotContain("s3cret", "pass");
  }
}
