package io.pgrok.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The quick way and picocli's mean the same. */
class QuickCommandLineTest {

  /** Each option with a value, with one dash or two, with = or a space. */
  static Stream<String> everyOption() {
    return PgrokCommandLine.create().getCommandSpec().options().stream()
        .filter(option -> option.typeInfo().getType() == String.class)
        .map(OptionSpec::longestName)
        .flatMap(name ->
            Stream.of(
                name + "=v 80", name + " v 80", name.substring(1) + "=v 80", "80 " + name + "=v"));
  }

  @ParameterizedTest
  @MethodSource("everyOption")
  @ValueSource(
      strings = {
        "80",
        "start web ssh",
        "-config=/etc/pgrok -statusaddr=:4041 -log=stdout start-all",
        "-json -log none -log-level=DEBUG 10.0.0.1:80",
        "-httpauth=user:pass=word -httpauth=second: 80",
        "-subdomain= 80",
      })
  void bothMeanTheSame(String line) {
    Optional<PgrokCommand> quick = QuickCommandLine.parse(words(line));

    assertThat(quick).isPresent();
    assertThat(quick.get())
        .usingRecursiveComparison()
        .ignoringFields("spec")
        .isEqualTo(picocli(line));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-h",
        "help -help",
        "-subdomian=x 80",
        "80 -subdomain",
        "-subdomain -proto=tcp 80",
        "-tls=false 80",
        "-inspectpublic 80",
        "-config=x kube list",
        "-- 80",
        "-",
        "@file",
        "-json=maybe 80",
        "",
      })
  void whatIsNotPlainIsLeftToPicocli(String line) {
    assertThat(QuickCommandLine.parse(words(line))).isEmpty();
  }

  @Test
  void aMistakeIsToldByPicocli() {
    assertThat(PgrokCommandLine.execute("-proto=ftp", "80")).isEqualTo(ExitCode.USAGE);
    assertThat(PgrokCommandLine.execute("-config=/not/there.yml", "start-all"))
        .isEqualTo(ExitCode.USAGE);
  }

  private static PgrokCommand picocli(String line) {
    CommandLine commandLine = PgrokCommandLine.create();
    commandLine.parseArgs(words(line).toArray(String[]::new));
    return commandLine.getCommand();
  }

  private static List<String> words(String line) {
    return line.isEmpty() ? List.of() : Arrays.asList(line.split(" "));
  }
}
