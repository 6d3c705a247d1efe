package io.pgrok.pgrokd.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.auth.Authenticator.Result;
import io.pgrok.protocol.grant.Grant;
import io.pgrok.protocol.grant.NamePattern;
import io.pgrok.protocol.grant.PortRange;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TokenCommandTest {

  @TempDir Path dir;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeEach
  void forgetOutput() {
    out = new StringWriter();
    err = new StringWriter();
  }

  private int run(String... arguments) {
    forgetOutput();
    return new CommandLine(new TokenCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void theEntryAdmitsTheTokenAndDoesNotHoldIt() throws Exception {
    assertThat(run("new", "team \"a\"")).isZero();
    String token = err.toString().strip().substring("token: ".length());
    assertThat(out.toString()).doesNotContain(token);
    TokenFile file =
        TokenFile.read(Files.writeString(dir.resolve("tokens.yml"), "tokens:\n" + out));
    assertThat(identity(file.authenticate(token, Clock.systemUTC())).name())
        .isEqualTo("team \"a\"");
    assertThat(file.authenticate("guess", Clock.systemUTC())).isEqualTo(Authenticator.UNKNOWN);
  }

  @Test
  void aSignedTokenIsAcceptedWithItsLimitsAndEndsInTime() throws Exception {
    assertThat(run("key", "--directory=" + dir)).isZero();
    String token =
        sign("--subdomain=pr-*,web", "--tcp-port=7000-7010", "--max-tunnels=3", "--ttl=90m");
    SignedTokens tokens = SignedTokens.read(dir.resolve("jwks.json"));

    Identity identity = identity(tokens.authenticate(token, Clock.systemUTC()));

    assertThat(identity.name()).isEqualTo("ci");
    assertThat(identity.grant())
        .isEqualTo(
            new Grant(
                List.of(NamePattern.of("pr-*"), NamePattern.of("web")),
                null,
                List.of(new PortRange(7000, 7010)),
                3,
                null,
                null));
    assertThat(identity.expires())
        .isBetween(
            Instant.now().plus(Duration.ofMinutes(80)), Instant.now().plus(Duration.ofMinutes(91)));
  }

  @Test
  void anotherKeyKeepsTheTokensOfTheEarlierOneGood() throws Exception {
    run("key", "--directory=" + dir);
    String before = sign();
    assertThat(run("key", "--directory=" + dir)).isZero();
    String after = sign();

    SignedTokens tokens = SignedTokens.read(dir.resolve("jwks.json"));

    assertThat(tokens.keys()).hasSize(2);
    identity(tokens.authenticate(before, Clock.systemUTC()));
    identity(tokens.authenticate(after, Clock.systemUTC()));
  }

  @Test
  void onlyItsOwnerReadsThePrivateKeyAndServersGetNoneOfIt() throws Exception {
    run("key", "--directory=" + dir);
    Path signing = dir.resolve("signing.jwk");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(signing)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(signing)).contains("\"d\":");
    assertThat(Files.readString(dir.resolve("jwks.json"))).doesNotContain("\"d\":");
    assertThat(out.toString()).doesNotContain("\"d\":");
  }

  @Test
  void whatCannotBeUsedIsNamed() throws Exception {
    run("key", "--directory=" + dir);
    Path publicKeys = dir.resolve("jwks.json");
    assertThat(run("sign", "ci", "--key=" + publicKeys)).isEqualTo(1);
    assertThat(err.toString()).contains(publicKeys + ": is no private Ed25519 key");
    assertThat(run("sign", "ci", "--ttl=soon")).isEqualTo(2);
    assertThat(err.toString()).contains("'soon' is no time; write 90m, 24h or 30d");
    assertThat(run("sign", "ci", "--ttl=0s")).isEqualTo(2);
    assertThat(run("sign", "ci", "--subdomain=a_b")).isEqualTo(2);
    assertThat(err.toString()).contains("'a_b' is no name pattern");
    assertThat(run("sign", "ci", "--max-tunnels=0")).isEqualTo(2);
    assertThat(err.toString()).contains("maxTunnels must be at least 1");
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("Say what to make");
    Files.writeString(publicKeys, "{}");
    assertThat(run("key", "--directory=" + dir)).isEqualTo(1);
    assertThat(err.toString()).contains(publicKeys + ": is no JSON Web Key Set");
  }

  private String sign(String... limits) {
    String[] arguments = new String[limits.length + 3];
    arguments[0] = "sign";
    arguments[1] = "ci";
    arguments[2] = "--key=" + dir.resolve("signing.jwk");
    System.arraycopy(limits, 0, arguments, 3, limits.length);
    assertThat(run(arguments)).as(err.toString()).isZero();
    return out.toString().strip();
  }

  private static Identity identity(Result result) {
    assertThat(result).isInstanceOf(Result.Accepted.class);
    return ((Result.Accepted) result).identity();
  }
}
