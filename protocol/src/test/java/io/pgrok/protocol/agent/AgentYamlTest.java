package io.pgrok.protocol.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgrok.protocol.agent.AgentConfig.CertificateConfig;
import io.pgrok.protocol.agent.AgentConfig.PathType;
import io.pgrok.protocol.agent.AgentConfig.RouteConfig;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import io.pgrok.protocol.agent.AgentConfig.UpstreamConfig;
import io.pgrok.protocol.agent.AgentConfig.VisitorConfig;
import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
