package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgrok.pgrokd.auth.Identity;
import io.pgrok.pgrokd.auth.SigningKey;
import io.pgrok.pgrokd.testing.Copy;
import io.pgrok.pgrokd.testing.TestAgent;
import io.pgrok.pgrokd.testing.TestServer;
import io.pgrok.protocol.grant.Grant;
import io.pgrok.protocol.grant.NamePattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions of agents that show a signed token. */
class SignedTokenSessionTest {

  private static final Grant PREVIEWS =
      new Grant(List.of(NamePattern.of("pr-*")), null, null, null, null, null);

  @TempDir Path dir;
  private final SigningKey key = SigningKey.create();
  private Path jwks;

  @BeforeEach
  void publish() throws Exception {
    jwks = Files.writeString(dir.resolve("jwks.json"), key.addTo(""));
  }

  private TestServer server() throws Exception {
    return TestServer.start(config -> Copy.of(config, "jwksFile", jwks));
  }

  private static String token(SigningKey key, Grant grant, long seconds) {
    Instant now = Instant.now();
    return key.sign(new Identity("ns:shop", grant, now.plusSeconds(seconds)), now);
  }

  @Test
  void theGrantOfTheTokenDecidesWhatTheSessionGets() throws Exception {
    try (TestServer server = server();
        TestAgent agent =
            TestAgent.connect(server, TestAgent.auth(token(key, PREVIEWS, 600), ""))) {
      assertThat(agent.ask(TestAgent.http("pr-1")).error()).isEmpty();
      assertThat(agent.ask(TestAgent.http("www")).error()).contains("www");
    }
  }

  @Test
  void nobodyComesInWithoutOne() throws Exception {
    try (TestServer server = server()) {
      assertThatThrownBy(() -> TestAgent.connect(server))
          .hasMessageContaining("This server asks for a token");
      String foreign = token(SigningKey.create(), PREVIEWS, 600);
      assertThatThrownBy(() -> TestAgent.connect(server, TestAgent.auth(foreign, "")))
          .hasMessageContaining("does not know yours");
    }
  }

  @Test
  void aTokenFileMayStandBesideTheKeys() throws Exception {
    try (TestServer server =
            TestServer.start(
                config -> Copy.of(TestServer.withTokenFile(config), "jwksFile", jwks));
        TestAgent listed = TestAgent.connect(server, TestAgent.auth(TestServer.TOKEN, ""));
        TestAgent signed =
            TestAgent.connect(server, TestAgent.auth(token(key, PREVIEWS, 600), ""))) {
      listed.settle();
      signed.settle();
    }
  }

  @Test
  void theSessionEndsWhenTheTokensTimeIsOver() throws Exception {
    try (TestServer server = server();
        TestAgent agent =
            TestAgent.connect(server, TestAgent.auth(token(key, Grant.UNLIMITED, 2), ""))) {
      assertThat(agent.welcome().error()).isEmpty();
      await().until(() -> server.server().sessionCount() == 0);
    }
  }

  @Test
  void aTokenOfTheFarFutureIsJustAToken() throws Exception {
    try (TestServer server = server();
        TestAgent agent =
            TestAgent.connect(server, TestAgent.auth(token(key, Grant.UNLIMITED, 1L << 50), ""))) {
      agent.settle();
    }
  }

  /** As where Kubernetes mounts a Secret, which is there or changes only later. */
  @Test
  void aKeyIsChangedByAFileThatAppearsAndNobodysSessionEnds() throws Exception {
    SigningKey next = SigningKey.create();
    Path updates = Files.createDirectory(dir.resolve("updates"));
    try (TestServer server =
            TestServer.start(
                config -> Copy.of(Copy.of(config, "jwksFile", jwks), "authUpdates", updates));
        TestAgent early =
            TestAgent.connect(server, TestAgent.auth(token(key, PREVIEWS, 600), ""))) {
      write(updates.resolve("jwks.json"), next.addTo(Files.readString(jwks)));
      await()
          .ignoreExceptions()
          .until(() -> {
            TestAgent.connect(server, TestAgent.auth(token(next, PREVIEWS, 600), "")).close();
            return true;
          });
      early.settle();

      write(updates.resolve("jwks.json"), next.addTo(""));

      await().until(() -> server.server().sessionCount() == 0);
    }
  }

  /** The clock of files is coarse: what is written later has to look so, too. */
  private void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(
        file, FileTime.from(Files.getLastModifiedTime(jwks).toInstant().plusSeconds(1)));
  }

  @Test
  void aKeyThatIsTakenAwayEndsTheSessionsOfItsTokens() throws Exception {
    SigningKey next = SigningKey.create();
    try (TestServer server = server();
        TestAgent early =
            TestAgent.connect(server, TestAgent.auth(token(key, PREVIEWS, 600), ""))) {
      Files.writeString(jwks, next.addTo(Files.readString(jwks)));
      await()
          .ignoreExceptions()
          .until(() -> {
            TestAgent.connect(server, TestAgent.auth(token(next, PREVIEWS, 600), "")).close();
            return true;
          });
      early.settle();
      TestAgent later = TestAgent.connect(server, TestAgent.auth(token(next, PREVIEWS, 600), ""));

      Files.writeString(jwks, next.addTo(""));

      await().until(() -> server.server().sessionCount() == 1);
      assertThatThrownBy(
              () -> TestAgent.connect(server, TestAgent.auth(token(key, PREVIEWS, 600), "")))
          .hasMessageContaining("does not know yours");
      later.settle();
      later.close();
    }
  }
}
