package io.pgrok.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SessionSpecsTest {

  @Test
  void readsAFileOfTheReference() throws Exception {
    SessionSpec session = resolve("reference.yml", Flags.NONE);

    assertThat(session.link().server()).isEqualTo(new HostPort("tunnels.example.com", 4443));
    assertThat(session.link().token()).isEqualTo("s3cret");
    assertThat(session.link().trust()).isEqualTo(new Trust.HostRoots());
    assertThat(session.tunnels())
        .containsExactly(
            new TunnelSpec(
                "web",
                null,
                "web",
                "",
                "user:pass",
                0,
                targets(Map.of(Protocol.HTTP, 8080, Protocol.HTTPS, 8080))),
            new TunnelSpec(
                "shop.example.org",
                null,
                "",
                "shop.example.org",
                "",
                0,
                new TreeMap<>(
                    Map.of(Protocol.HTTP, PrivateAddress.plain(new HostPort("10.0.0.1", 80))))),
            new TunnelSpec("ssh", null, "", "", "", 2222, targets(Map.of(Protocol.TCP, 22))));
  }

  @Test
  void readsAFileOfTheOperator() throws Exception {
    SessionSpec session = resolve("operator.yml", Flags.NONE);

    assertThat(session.link().trust()).isInstanceOf(Trust.PemText.class);
    TunnelSpec tunnel = session.tunnels().getFirst();
    assertThat(tunnel.name()).isEqualTo("shop/web");
    assertThat(tunnel.revision()).isEqualTo("7");
    assertThat(tunnel.subdomain()).isEqualTo("web-1a2b3");
    assertThat(tunnel.targets())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                Protocol.HTTP, PrivateAddress.plain(new HostPort("web.shop.svc", 80)),
                Protocol.HTTPS, PrivateAddress.plain(new HostPort("web.shop.svc", 80))));
  }

  @Test
  void takesTheOldFormWithNothingButAToken() throws Exception {
    SessionSpec session = resolve("bare-token.yml", Flags.NONE);

    assertThat(session.link().token()).isEqualTo("abc_DEF-123!");
    assertThat(session.link().server()).hasToString("localhost:4443");
  }

  @Test
  void aServerWithoutHostIsThisMachine() throws Exception {
    assertThat(resolve("no-tunnels.yml", Flags.NONE).link().server()).hasToString("localhost:4443");
  }

  @Test
  void anExplicitFlagBeatsTheFile() throws Exception {
    Link link =
        resolve("operator.yml", new Flags("other:1", "other-token", "ca.pem", "a.crt", "a.key"))
            .link();

    assertThat(link.server()).hasToString("other:1");
    assertThat(link.token()).isEqualTo("other-token");
    assertThat(link.trust()).isEqualTo(new Trust.PemFile(Path.of("ca.pem")));
    assertThat(link.identity())
        .isEqualTo(new Link.ClientCertificate(Path.of("a.crt"), Path.of("a.key")));
  }

  @Test
  void anInvalidFlagIsNamedAsAFlag() {
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> resolve("reference.yml", new Flags("nowhere", null, null, null, null)))
        .withMessageStartingWith("-serveraddr must be");
  }

  @Test
  void readsHowPrivateServicesAreSpokenTo() throws Exception {
    List<TunnelSpec> tunnels = resolve("upstream.yml", Flags.NONE).tunnels();

    TunnelSpec shop = tunnels.get(0);
    assertThat(shop.targets().get(Protocol.HTTPS))
        .isEqualTo(
            new PrivateAddress(PrivateAddress.Speaks.HTTPS, new HostPort("shop.internal", 443)));
    assertThat(shop.inspect()).isFalse();
    assertThat(shop.upstream().host()).isEqualTo(new Upstream.HostHeader.Rewrite());
    assertThat(shop.upstream().requestHeaders())
        .isEqualTo(Map.of("X-Tunnel", "shop", "X-Internal", ""));
    assertThat(shop.upstream().trust()).isEqualTo(new Trust.PemFile(Path.of("ca.pem")));
    assertThat(tunnels.get(1).targets().get(Protocol.HTTP).toString())
        .isEqualTo("h2c://grpc.shop.svc:9090");
    assertThat(tunnels.get(2).upstream().proxyProtocol()).isEqualTo(Upstream.ProxyProtocol.V2);
  }

  @ParameterizedTest
  @MethodSource
  void invalidFilesAreRefusedWithFileLineAndKey(Path file) throws Exception {
    String expected = Files.readString(Path.of(file.toString().replace(".yml", ".txt"))).strip();
    ConfigText text = new ConfigText("test", file.getFileName().toString(), Files.readString(file));

    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> SessionSpecs.resolve(text, Flags.NONE))
        .withMessage(expected);
  }

  static List<Path> invalidFilesAreRefusedWithFileLineAndKey() throws Exception {
    try (Stream<Path> files = Files.list(folder("invalid"))) {
      return files.filter(file -> file.toString().endsWith(".yml")).sorted().toList();
    }
  }

  @Test
  void secretsDoNotShowInText() throws Exception {
    SessionSpec session = resolve("reference.yml", Flags.NONE);

    assertThat(session.toString()).doesNotContain("s3cret", "pass");
  }

  private static SessionSpec resolve(String file, Flags flags)
      throws IOException, URISyntaxException, InvalidConfigException {
    String text = Files.readString(folder("valid").resolve(file));
    return SessionSpecs.resolve(new ConfigText("test", file, text), flags);
  }

  private static Path folder(String name) throws URISyntaxException {
    return Path.of(SessionSpecsTest.class.getResource("/config/" + name).toURI());
  }

  private static TreeMap<Protocol, PrivateAddress> targets(Map<Protocol, Integer> ports) {
    TreeMap<Protocol, PrivateAddress> targets = new TreeMap<>();
    ports.forEach((protocol, port) ->
        targets.put(protocol, PrivateAddress.plain(new HostPort("127.0.0.1", port))));
    return targets;
  }
}
