package io.pgrok.pgrokd.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TokenCommandTest {

  @TempDir Path dir;

  @Test
  void theEntryAdmitsTheTokenAndDoesNotHoldIt() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        new CommandLine(new TokenCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute("team \"a\"");
    assertThat(exit).isZero();
    String token = err.toString().strip().substring("token: ".length());
    assertThat(out.toString()).doesNotContain(token);
    TokenFile file =
        TokenFile.read(Files.writeString(dir.resolve("tokens.yml"), "tokens:\n" + out));
    assertThat(file.authenticate(token, Clock.systemUTC()))
        .isInstanceOfSatisfying(
            Authenticator.Result.Accepted.class,
            accepted -> assertThat(accepted.identity().name()).isEqualTo("team \"a\""));
    assertThat(file.authenticate("guess", Clock.systemUTC())).isEqualTo(Authenticator.UNKNOWN);
  }
}
