package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.auth.TokenFile;
import io.pgrok.pgrokd.certificate.DevelopmentCertificate;
import io.pgrok.pgrokd.config.ServerConfig;
import io.pgrok.pgrokd.testing.AdminPort;
import io.pgrok.pgrokd.testing.AnyCertificate;
import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.HttpService;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.pgrokd.testing.Visitor;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.time.Clock;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change while the server runs. */
class ReloadTest {

  @TempDir Path dir;
  private Path certificate;
  private Path key;
  private Path tokens;

  @BeforeEach
  void files() throws Exception {
    certificate = dir.resolve("tls.crt");
    key = dir.resolve("tls.key");
    tokens = dir.resolve("tokens.yml");
    issue("one");
    allow("alice", TestServer.TOKEN);
  }

  private void issue(String name) throws Exception {
    DevelopmentCertificate made =
        DevelopmentCertificate.ensure(dir.resolve(name), TestServer.DOMAIN, Clock.systemUTC());
    Files.copy(made.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(made.key(), key, StandardCopyOption.REPLACE_EXISTING);
  }

  private void allow(String name, String token) throws Exception {
    Files.writeString(
        tokens, "tokens:\n- name: %s\n  sha256: %s\n".formatted(name, TokenFile.hash(token)));
  }

  private ServerConfig withFiles(ServerConfig config) {
    return Copy.of(
        config,
        "certificates",
        List.of(new ServerConfig.Certificate(certificate, key)),
        "tokenFiles",
        List.of(tokens));
  }

  /** What a new visitor is shown; nothing is verified. */
  private static Certificate served(int port) throws Exception {
    SSLContext anything = AnyCertificate.trusting();
    try (SSLSocket socket =
        (SSLSocket)
            anything.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  @Test
  void aChangedCertificateIsServedAndConnectionsStay() throws Exception {
    try (TestServer server = TestServer.start(this::withFiles);
        Visitor visitor = Visitor.connect(server.httpPort())) {
      Certificate before = served(server.httpsPort());
      assertThat(visitor.get("nobody").receive().status()).isEqualTo(404);
      issue("two");
      await().until(() -> !served(server.httpsPort()).equals(before));
      assertThat(visitor.get("nobody").receive().status()).isEqualTo(404);
    }
  }

  /** A line of an entry besides its name and hash. */
  private static String entry(String name, String token, String... limits) {
    return "- {name: %s, sha256: %s%s}\n"
        .formatted(
            name, TokenFile.hash(token), limits.length == 0 ? "" : ", " + String.join("", limits));
  }

  @Test
  void aTokenThatIsTakenAwayEndsItsSessionsAndNoOthers() throws Exception {
    String bob = entry("bob", TestServer.OTHER_TOKEN);
    Files.writeString(tokens, "tokens:\n" + entry("alice", TestServer.TOKEN) + bob);
    // The development certificate, which test agents trust.
    try (TestServer server = TestServer.start(config -> withTokens(config, tokens));
        TestAgent stays = TestAgent.connect(server, TestAgent.auth(TestServer.OTHER_TOKEN, ""));
        TestAgent goes = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""));
        Visitor visitor = Visitor.connect(server.httpPort())) {
      stays.open("bobs", HttpService.saying("bob"));
      goes.open("alices", HttpService.saying("alice"));
      assertThat(visitor.get("alices").receive().body()).isEqualTo("alice");

      Files.writeString(tokens, "tokens:\n" + bob);

      await().until(() -> visitor.get("alices").receive().status() == 404);
      assertThat(server.server().sessionCount()).isEqualTo(1);
      assertThatThrownBy(() -> TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, "")))
          .hasMessageContaining("does not know yours");
      stays.settle();
      assertThat(visitor.get("bobs").receive().body()).isEqualTo("bob");
      assertThat(ended(server, "revoked")).isEqualTo(1);

      Files.writeString(tokens, "tokens: []\n");

      await().until(() -> server.server().sessionCount() == 0);
    }
  }

  @Test
  void aTokenThatMayLessFromNowOnBeginsANewSession() throws Exception {
    Files.writeString(tokens, "tokens:\n" + entry("alice", TestServer.TOKEN));
    try (TestServer server = TestServer.start(config -> withTokens(config, tokens))) {
      TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""));
      Files.writeString(
          tokens, "tokens:\n" + entry("alice", TestServer.TOKEN, "subdomains: [pr-*]"));
      await().until(() -> server.server().sessionCount() == 0);
      assertThat(ended(server, "changed")).isEqualTo(1);
      try (TestAgent again = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""))) {
        assertThat(again.ask(TestAgent.http("www")).error()).contains("www");
      }
    }
  }

  @Test
  void aTokenThatIsAddedIsGoodWithoutARestart() throws Exception {
    Files.writeString(tokens, "tokens: []\n");
    try (TestServer server = TestServer.start(config -> withTokens(config, tokens))) {
      allow("bob", TestServer.OTHER_TOKEN);
      await()
          .ignoreExceptions()
          .until(() -> {
            TestAgent.connect(server, TestAgent.auth(TestServer.OTHER_TOKEN, "")).close();
            return true;
          });
    }
  }

  private static double ended(TestServer server, String reason) throws Exception {
    return AdminPort.of(server)
        .metric("pgrokd_sessions_ended_total{reason=\"%s\"}".formatted(reason));
  }

  private static ServerConfig withTokens(ServerConfig config, Path tokens) {
    return Copy.of(config, "tokenFiles", List.of(tokens));
  }
}
