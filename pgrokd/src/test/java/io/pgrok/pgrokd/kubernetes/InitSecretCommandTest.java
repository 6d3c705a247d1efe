package io.pgrok.pgrokd.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgrok.pgrokd.auth.Authenticator;
import io.pgrok.pgrokd.auth.Identity;
import io.pgrok.pgrokd.auth.SignedTokens;
import io.pgrok.pgrokd.auth.SigningKey;
import io.pgrok.pgrokd.auth.TokenFile;
import io.pgrok.pgrokd.certificate.Pem;
import io.pgrok.protocol.certificate.ServerNames;
import io.pgrok.protocol.grant.Grant;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class InitSecretCommandTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final String SECRETS = "/api/v1/namespaces/edge/secrets";
  private static final String DEPLOYMENT = "/apis/apps/v1/namespaces/edge/deployments/pgrokd";

  @TempDir Path dir;
  private FakeApiServer api;
  private Map<String, String> environment;
  private final List<Duration> pauses = new ArrayList<>();

  @BeforeEach
  void cluster() throws Exception {
    api = new FakeApiServer(dir.resolve("account"));
    api.put(DEPLOYMENT, "{\"metadata\":{\"name\":\"pgrokd\",\"uid\":\"u-1\"}}");
    environment = api.environment();
    Files.createDirectory(dir.resolve("files"));
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void theFirstPodMakesSecretConnectionAndFiles() throws Exception {
    assertThat(run(NOW)).isEqualTo(new Outcome(0, ""));

    Map<String, String> own = api.secret("pgrokd");
    assertThat(own)
        .containsOnlyKeys(
            "token", "signing.jwk", "jwks.json", "ca.crt", "ca.key", "tls.crt", "tls.key");
    assertThat(own.get("token")).matches("pgrok_[A-Za-z0-9_-]{43}");
    assertThat(ServerNames.of(Pem.readCertificate(own.get("tls.crt"))).dns())
        .containsExactly("*.t.example", "extra.example", "pgrokd.edge.svc", "t.example");
    assertThat(api.secret("pgrokd-connection"))
        .isEqualTo(
            Map.of(
                "address",
                "pgrokd.edge.svc:4443",
                "domain",
                "t.example",
                "token",
                own.get("token"),
                "signing.jwk",
                own.get("signing.jwk"),
                "ca.crt",
                own.get("ca.crt")));
    assertThat(file("tls.crt")).isEqualTo(own.get("tls.crt"));
    assertThat(file("tls.key")).isEqualTo(own.get("tls.key"));
    assertThat(Files.getPosixFilePermissions(dir.resolve("files/tls.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void theServerAcceptsTheTokenThatTheConnectionCarries() throws Exception {
    run(NOW);

    Authenticator.Result result =
        TokenFile.read(dir.resolve("files/tokens.yml"))
            .authenticate(api.secret("pgrokd-connection").get("token"), () -> NOW);
    assertThat(result).isInstanceOf(Authenticator.Result.Accepted.class);
    assertThat(file("tokens.yml")).doesNotContain(api.secret("pgrokd").get("token"));
  }

  private Authenticator.Result showSigned(String signingKey) throws Exception {
    return showSigned(signingKey, dir.resolve("files"));
  }

  private static Authenticator.Result showSigned(String signingKey, Path files) throws Exception {
    Identity identity = new Identity("ns:shop", Grant.UNLIMITED, NOW.plusSeconds(60));
    String token = SigningKey.parse(signingKey).sign(identity, NOW);
    return SignedTokens.read(files.resolve("jwks.json")).authenticate(token, () -> NOW);
  }

  @Test
  void theServerAcceptsWhatTheConnectionsKeySignsAndHasNoKeyToSignWith() throws Exception {
    run(NOW);

    assertThat(showSigned(api.secret("pgrokd-connection").get("signing.jwk")))
        .isInstanceOf(Authenticator.Result.Accepted.class);
    assertThat(file("jwks.json")).doesNotContain("\"d\":");
    assertThat(dir.resolve("files/signing.jwk")).doesNotExist();
  }

  @Test
  void anotherSigningKeyLeavesTheTokensOfTheEarlierOneGood() throws Exception {
    run(NOW);
    String earlier = api.secret("pgrokd").get("signing.jwk");
    remove("signing.jwk");

    run(NOW);

    String later = api.secret("pgrokd-connection").get("signing.jwk");
    assertThat(later).isNotEqualTo(earlier);
    assertThat(showSigned(later)).isInstanceOf(Authenticator.Result.Accepted.class);
    assertThat(showSigned(earlier)).isInstanceOf(Authenticator.Result.Accepted.class);

    remove("jwks.json");
    run(NOW);

    assertThat(api.secret("pgrokd")).containsEntry("signing.jwk", later);
    assertThat(showSigned(later)).isInstanceOf(Authenticator.Result.Accepted.class);
    assertThat(showSigned(earlier)).isEqualTo(Authenticator.UNKNOWN);
  }

  @Test
  void anotherSigningKeyCanBeAskedForWhileTheServerRuns() throws Exception {
    run(NOW);
    String earlier = api.secret("pgrokd").get("signing.jwk");

    run(NOW, "--new-signing-key=true");

    String later = api.secret("pgrokd-connection").get("signing.jwk");
    assertThat(later).isNotEqualTo(earlier).isEqualTo(api.secret("pgrokd").get("signing.jwk"));
    Path mounted = Files.createDirectory(dir.resolve("files/mounted"));
    Files.writeString(mounted.resolve("jwks.json"), api.secret("pgrokd-accepted").get("jwks.json"));
    for (String key : List.of(earlier, later)) {
      assertThat(showSigned(key, mounted)).isInstanceOf(Authenticator.Result.Accepted.class);
    }
    run(NOW);
    assertThat(api.secret("pgrokd")).containsEntry("signing.jwk", later);
  }

  @Test
  void whatTheServerIsToldLetsNobodyIn() throws Exception {
    run(NOW);

    Map<String, String> accepted = api.secret("pgrokd-accepted");
    assertThat(accepted)
        .containsOnlyKeys("jwks.json", "tokens.yml")
        .containsEntry("jwks.json", file("jwks.json"))
        .containsEntry("tokens.yml", file("tokens.yml"));
    assertThat(accepted.toString())
        .doesNotContain("\"d\":")
        .doesNotContain(api.secret("pgrokd").get("token"));
  }

  private void remove(String key) {
    ObjectNode secret = (ObjectNode) object("pgrokd");
    ((ObjectNode) secret.get("data")).remove(key);
    api.put(SECRETS + "/pgrokd", secret.toString());
  }

  @Test
  void theSecretsGoWithTheDeploymentAndTheOperatorFindsOne() throws Exception {
    run(NOW);

    for (String name : List.of("pgrokd", "pgrokd-accepted", "pgrokd-connection")) {
      assertThat(object(name).at("/metadata/ownerReferences/0/uid").asText()).isEqualTo("u-1");
      assertThat(object(name).at("/metadata/ownerReferences/0/kind").asText())
          .isEqualTo("Deployment");
    }
    assertThat(object("pgrokd-connection").at("/metadata/labels/pgrok.io~1connection").asText())
        .isEqualTo("true");
    assertThat(object("pgrokd").at("/metadata/labels/pgrok.io~1connection").isMissingNode())
        .isTrue();
  }

  @Test
  void aLaterPodChangesNothingAndGetsTheSameFiles() throws Exception {
    run(NOW);
    String certificate = file("tls.crt");
    int before = api.requests().size();

    assertThat(run(NOW.plus(Duration.ofDays(300))).code()).isZero();

    assertThat(api.requests().subList(before, api.requests().size()))
        .containsExactly(
            "GET " + DEPLOYMENT,
            "GET " + SECRETS + "/pgrokd",
            "GET " + SECRETS + "/pgrokd-accepted",
            "GET " + SECRETS + "/pgrokd-connection");
    assertThat(file("tls.crt")).isEqualTo(certificate);
  }

  @Test
  void anotherDomainGetsAnotherCertificateFromTheSameAuthority() throws Exception {
    run(NOW);
    Map<String, String> before = api.secret("pgrokd");

    run(NOW, "--domain=other.example");

    Map<String, String> after = api.secret("pgrokd");
    assertThat(after.get("tls.crt")).isNotEqualTo(before.get("tls.crt"));
    assertThat(after)
        .containsEntry("ca.crt", before.get("ca.crt"))
        .containsEntry("token", before.get("token"));
    assertThat(api.secret("pgrokd-connection")).containsEntry("domain", "other.example");
  }

  @Test
  void aPodThatMightOutliveItsCertificateGetsANewOne() throws Exception {
    run(NOW);
    Map<String, String> before = api.secret("pgrokd");

    run(NOW.plus(Duration.ofDays(426)));

    assertThat(api.secret("pgrokd").get("tls.crt")).isNotEqualTo(before.get("tls.crt"));
    assertThat(api.secret("pgrokd")).containsEntry("ca.crt", before.get("ca.crt"));
  }

  @Test
  void anAuthorityNearItsEndIsReplacedTogetherWithWhatItSigned() throws Exception {
    run(NOW);
    Map<String, String> before = api.secret("pgrokd");

    run(NOW.plus(Duration.ofDays(3300)));

    Map<String, String> after = api.secret("pgrokd");
    assertThat(after.get("ca.crt")).isNotEqualTo(before.get("ca.crt"));
    assertThat(after.get("tls.crt")).isNotEqualTo(before.get("tls.crt"));
    assertThat(api.secret("pgrokd-connection")).containsEntry("ca.crt", after.get("ca.crt"));
  }

  @Test
  void whatOthersPutIntoTheSecretStays() throws Exception {
    api.put(
        SECRETS + "/pgrokd",
        """
        {"metadata": {"name": "pgrokd", "labels": {"team": "edge"}, "annotations": {"a": "b"}},
         "data": {"token": "%s", "binary": "/w8="}}\
        """
            .formatted(FakeApiServer.encoded("chosen")));

    run(NOW);

    assertThat(api.secret("pgrokd")).containsEntry("token", "chosen").containsKey("tls.crt");
    assertThat(object("pgrokd").at("/data/binary").asText()).isEqualTo("/w8=");
    assertThat(object("pgrokd").at("/metadata/labels/team").asText()).isEqualTo("edge");
    assertThat(object("pgrokd").at("/metadata/annotations/a").asText()).isEqualTo("b");
  }

  @Test
  void secretsLeftBehindByAnEarlierInstallationAreAdopted() throws Exception {
    run(NOW);
    String token = api.secret("pgrokd").get("token");
    api.put(DEPLOYMENT, "{\"metadata\":{\"name\":\"pgrokd\",\"uid\":\"u-2\"}}");

    run(NOW);

    assertThat(object("pgrokd").at("/metadata/ownerReferences/0/uid").asText()).isEqualTo("u-2");
    assertThat(api.secret("pgrokd")).containsEntry("token", token);
  }

  @Test
  void whoeverCreatesFirstWins() throws Exception {
    // Between our GET (404) and our POST another pod creates it.
    api.replyOnce(request -> 0);
    api.replyOnce(request -> 0);
    api.replyOnce(request -> {
      assertThat(request).isEqualTo("POST " + SECRETS);
      api.put(
          SECRETS + "/pgrokd",
          "{\"metadata\":{\"name\":\"pgrokd\"},\"data\":{\"token\":\"%s\"}}"
              .formatted(FakeApiServer.encoded("theirs")));
      return 0;
    });

    assertThat(run(NOW).code()).isZero();

    assertThat(api.secret("pgrokd")).containsEntry("token", "theirs");
    assertThat(api.secret("pgrokd-connection")).containsEntry("token", "theirs");
  }

  @Test
  void podsStartingTogetherEndUpWithOneTokenAndOneCertificate() throws Exception {
    List<Callable<Outcome>> pods = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Path files = Files.createDirectory(dir.resolve("pod-" + i));
      pods.add(() -> run(NOW, "--directory=" + files));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var outcome : threads.invokeAll(pods)) {
        assertThat(outcome.get()).isEqualTo(new Outcome(0, ""));
      }
    }
    for (int i = 0; i < 4; i++) {
      Path files = dir.resolve("pod-" + i);
      assertThat(files.resolve("tls.crt")).hasContent(api.secret("pgrokd").get("tls.crt"));
      assertThat(files.resolve("tokens.yml"))
          .content()
          .contains(TokenFile.hash(api.secret("pgrokd").get("token")));
    }
    assertThat(api.secret("pgrokd-connection"))
        .containsEntry("token", api.secret("pgrokd").get("token"));
  }

  @Test
  void anUnavailableApiServerIsAskedAgainInGrowingPauses() throws Exception {
    for (int i = 0; i < 3; i++) {
      api.replyOnce(request -> 503);
    }

    assertThat(run(NOW).code()).isZero();

    assertThat(pauses)
        .containsExactly(Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1));
  }

  @Test
  void patienceEndsWithASentence() {
    environment = new HashMap<>(environment);
    // Nothing listens on port 1 of the loopback address.
    environment.put("KUBERNETES_SERVICE_PORT", "1");

    Outcome outcome = run(NOW, "--patience=10");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.error()).contains("https://127.0.0.1:1 cannot be reached");
    assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
  }

  @Test
  void aMissingPermissionIsNamed() {
    api.replyOnce(request -> 0);
    api.replyOnce(request -> 403);

    Outcome outcome = run(NOW);

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.error())
        .contains("403", "'get secrets/pgrokd' in namespace 'edge'", "fake says 403")
        .contains("resources [\"secrets\"], verbs [\"get\"], resourceNames [\"pgrokd\"]");
    assertThat(pauses).isEmpty();
  }

  @Test
  void createIsAskedForWithoutAResourceName() {
    api.replyOnce(request -> 0);
    api.replyOnce(request -> 0);
    api.replyOnce(request -> 403);

    assertThat(run(NOW).error()).contains("verbs [\"create\"].").doesNotContain("resourceNames");
  }

  @Test
  void aTokenThatIsNotValidHereIsSaid() throws Exception {
    Files.writeString(dir.resolve("account/token"), "of another cluster");

    assertThat(run(NOW).error()).contains("401", "token is not valid for this cluster");
  }

  @Test
  void anApiServerThatTheCaDoesNotVouchForIsRefused() throws Exception {
    try (FakeApiServer other = new FakeApiServer(dir.resolve("other-account"))) {
      environment = other.environment();

      Outcome outcome = run(NOW, "--patience=0");

      assertThat(outcome.code()).isEqualTo(1);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void aMissingDeploymentIsSaid() {
    assertThat(run(NOW, "--owner-deployment=nope").error())
        .contains("no Deployment 'nope' in namespace 'edge'", "--owner-deployment");
  }

  @Test
  void outsideOfAPodItSaysSo() {
    environment = Map.of();

    assertThat(run(NOW).error()).contains("only runs in a Kubernetes pod");
  }

  @Test
  void givenCertificateAndTokenLeaveTheSigningKeyToKeep() throws Exception {
    Files.writeString(dir.resolve("token"), "given-token\n");
    Path tls = Files.createDirectory(dir.resolve("tls"));
    Files.writeString(tls.resolve("ca.crt"), "the given authority");

    run(NOW, "--token-file=" + dir.resolve("token"), "--tls-directory=" + tls);

    assertThat(api.secret("pgrokd")).containsOnlyKeys("signing.jwk", "jwks.json");
    assertThat(api.secret("pgrokd-connection"))
        .containsEntry("token", "given-token")
        .containsEntry("ca.crt", "the given authority");
    assertThat(dir.resolve("files/tls.crt")).doesNotExist();
    assertThat(file("tokens.yml")).contains(TokenFile.hash("given-token"));
  }

  @Test
  void aPublicAuthorityReplacesTheOwnOneInTheConnection() throws Exception {
    run(NOW);
    Path tls = Files.createDirectory(dir.resolve("tls"));

    run(NOW, "--tls-directory=" + tls);

    assertThat(api.secret("pgrokd-connection")).containsEntry("ca.crt", "");
  }

  @Test
  void anEmptyTokenFileIsRefused() throws Exception {
    Files.writeString(dir.resolve("token"), "\n");

    Outcome outcome = run(NOW, "--token-file=" + dir.resolve("token"));

    assertThat(outcome.error()).contains("token is empty");
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void wrongNamesAreUsageErrors() {
    assertThat(run(NOW, "--domain=https://x").code()).isEqualTo(2);
    assertThat(run(NOW, "--domain=https://x").error()).contains("'https://x' is neither");
    assertThat(run(NOW, "--address=no-port").error()).contains("'no-port' is not host:port");
  }

  private record Outcome(int code, String error) {}

  private Outcome run(Instant now, String... more) {
    List<String> arguments = new ArrayList<>(defaults());
    for (String option : more) {
      String name = option.substring(0, option.indexOf('=') + 1);
      arguments.removeIf(given -> given.startsWith(name));
      arguments.add(option);
    }
    StringWriter error = new StringWriter();
    int code =
        new CommandLine(
                new InitSecretCommand(environment, Clock.fixed(now, ZoneOffset.UTC), pauses::add))
            .setErr(new PrintWriter(error))
            .execute(arguments.toArray(String[]::new));
    return new Outcome(code, error.toString());
  }

  private List<String> defaults() {
    return List.of(
        "--domain=t.example",
        "--address=pgrokd.edge.svc:4443",
        "--name=extra.example",
        "--secret=pgrokd",
        "--accepted-secret=pgrokd-accepted",
        "--connection-secret=pgrokd-connection",
        "--owner-deployment=pgrokd",
        "--directory=" + dir.resolve("files"),
        "--service-account=" + dir.resolve("account"));
  }

  private JsonNode object(String name) {
    return api.object(SECRETS + "/" + name).orElseThrow();
  }

  private String file(String name) throws Exception {
    return Files.readString(dir.resolve("files").resolve(name));
  }
}
