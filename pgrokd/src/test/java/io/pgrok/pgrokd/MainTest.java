package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.config.Logging;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program says when it cannot start, and its exit code. */
class MainTest {

  @TempDir Path dir;

  /** Others of this JVM want to see their logs. */
  @AfterEach
  void logAgain() throws Exception {
    Logging.configure("stdout", "WARNING");
  }

  private record Outcome(int code, String error) {}

  private static Outcome run(Map<String, String> environment, String... args) {
    StringWriter error = new StringWriter();
    int code = Main.run(environment, new PrintWriter(error, true), args);
    return new Outcome(code, error.toString());
  }

  @Test
  void aMissingConfigurationFileIsNamed() {
    assertThat(run(Map.of(), "-config=/nowhere.yml"))
        .isEqualTo(new Outcome(1, "pgrokd: -config /nowhere.yml: there is no such file\n"));
    assertThat(run(Map.of("PGROKD_CONFIG", "/nowhere.yml")).error()).contains("/nowhere.yml");
  }

  @Test
  void aBadValueIsNamedWithItsPlace() throws Exception {
    Path file = Files.writeString(dir.resolve("pgrokd.yml"), "log: none\ndomain: a_b\n");
    Outcome outcome = run(Map.of(), "-config", file.toString());
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.error())
        .startsWith("pgrokd: " + file + ":2: domain: -domain: 'a_b' is not a DNS name");

    outcome = run(Map.of("PGROKD_MAX_SESSIONS_PER_TOKEN", "many"));
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.error()).startsWith("pgrokd: PGROKD_MAX_SESSIONS_PER_TOKEN: Invalid value");
  }

  @Test
  void aFileOfTokensThatAFileOfSettingsNamesIsFollowed() throws Exception {
    Path file =
        Files.writeString(dir.resolve("pgrokd.yml"), "log: none\nauthTokenFile: [/nowhere.yml]\n");
    assertThat(run(Map.of(), "--config=" + file).error())
        .startsWith("pgrokd: " + file + ":2: authTokenFile: -authTokenFile: ")
        .contains("/nowhere.yml");
  }

  @Test
  void aSignedTokenIsAllThatStandardOutputGets() throws Exception {
    run(Map.of(), "token", "key", "--directory=" + dir);
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      assertThat(run(Map.of(), "token", "sign", "ci", "--key=" + dir.resolve("signing.jwk")).code())
          .isZero();
    } finally {
      System.setOut(before);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+\\R");
  }

  @Test
  void subcommandsKeepTheirOwnOptions() {
    Outcome outcome = run(Map.of("PGROKD_DOMAIN", "x.example"), "init-secret");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.error()).contains("--domain=NAME");
  }
}
