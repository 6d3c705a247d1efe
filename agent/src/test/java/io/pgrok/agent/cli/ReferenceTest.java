package io.pgrok.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pgrok.protocol.agent.AgentConfig;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/reference/pgrok.md} says neither more nor less than the code. */
class ReferenceTest {

  private final String reference = read();

  @Test
  void everyFlagIsDescribed() {
    Set<String> flags =
        PgrokCommandLine.create().getCommandSpec().options().stream()
            .map(option -> option.names()[0].replaceFirst("^-+", "-"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(firstColumn("## Flags", "`(-[\\w-]+)")).isEqualTo(flags);
  }

  @Test
  void everyCommandIsDescribed() {
    assertThat(firstColumn("## Commands", "`pgrok ([a-z-]+)")).containsAll(Commands.ALL);
  }

  @Test
  void everyKeyIsDescribed() {
    assertThat(firstColumn("## Configuration file", "`([a-z_]+)"))
        .isEqualTo(keys(AgentConfig.class));
    assertThat(firstColumn("### A tunnel", "`([a-z_]+)"))
        .isEqualTo(keys(AgentConfig.TunnelConfig.class));
  }

  @Test
  void everyExitCodeIsDescribed() {
    Set<String> codes =
        Arrays.stream(ExitCode.class.getFields())
            .filter(field -> Modifier.isStatic(field.getModifiers()))
            .map(ReferenceTest::value)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(firstColumn("## Exit codes", "(\\d+)")).containsAll(codes);
  }

  private static String value(java.lang.reflect.Field field) {
    try {
      return String.valueOf(field.getInt(null));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<String> keys(Class<?> record) {
    return Stream.of(record.getRecordComponents())
        .map(component -> component.getAccessor().getAnnotation(JsonProperty.class).value())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What the rows of the section's table begin with. */
  private Set<String> firstColumn(String heading, String pattern) {
    int from = reference.indexOf(heading + "\n");
    assertThat(from).as(heading).isNotNegative();
    int to = reference.indexOf("\n#", from + 1);
    String section = reference.substring(from, to < 0 ? reference.length() : to);
    return Pattern.compile("^\\| " + pattern, Pattern.MULTILINE)
        .matcher(section)
        .results()
        .map((MatchResult row) -> row.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String read() {
    try {
      return Files.readString(Path.of("..", "docs", "reference", "pgrok.md"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
