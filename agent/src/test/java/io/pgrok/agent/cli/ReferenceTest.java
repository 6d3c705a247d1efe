package io.pgrok.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pgrok.protocol.agent.AgentConfig;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

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
    assertThat(firstColumn("### Where paths lead", "`([a-z_]+)"))
        .isEqualTo(keys(AgentConfig.RouteConfig.class));
    assertThat(firstColumn("### What visitors must bring", "`([a-z_]+)"))
        .isEqualTo(keys(AgentConfig.VisitorConfig.class));
    assertThat(firstColumn("### How the private service is spoken to", "`([a-z_]+)`"))
        .isEqualTo(keys(AgentConfig.UpstreamConfig.class));
    assertThat(row("### A tunnel", "certificate"))
        .contains(
            keys(AgentConfig.CertificateConfig.class).stream().map("`%s`"::formatted).toList());
  }

  @Test
  void everyCommandOfKubeIsDescribedWithItsOptions() {
    Map<String, CommandLine> commands =
        PgrokCommandLine.create().getSubcommands().get("kube").getSubcommands();

    assertThat(firstColumn("## Commands", "`pgrok kube ([a-z-]+)")).isEqualTo(commands.keySet());
    Map<String, Set<String>> takenBy = new TreeMap<>();
    commands.forEach((name, command) ->
        command.getCommandSpec().options().stream()
            .map(option -> option.longestName())
            .forEach(option -> takenBy.computeIfAbsent(option, _ -> new TreeSet<>()).add(name)));
    takenBy.replaceAll((_, by) -> by.equals(commands.keySet()) ? Set.of("all") : by);
    Map<String, Set<String>> described = new TreeMap<>();
    rows("### Options of `pgrok kube`")
        .forEach(cells ->
            described.put(
                cells.getFirst().replaceAll(".*(--[a-z-]+)`", "$1"),
                Set.of(cells.get(1).replace("`", "").split(", "))));
    assertThat(described).isEqualTo(takenBy);
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

  /** The cells of the section's tables, without their headings. */
  private List<List<String>> rows(String heading) {
    return section(heading)
        .lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> List.of(line.substring(2).split(" \\| ", -1)))
        .toList();
  }

  private String row(String heading, String key) {
    return section(heading)
        .lines()
        .filter(line -> line.startsWith("| `" + key + "` "))
        .findFirst()
        .orElseThrow();
  }

  private String section(String heading) {
    int from = reference.indexOf(heading + "\n");
    assertThat(from).as(heading).isNotNegative();
    int to = reference.indexOf("\n#", from + 1);
    return reference.substring(from, to < 0 ? reference.length() : to);
  }

  /** What the rows of the section's table begin with. */
  private Set<String> firstColumn(String heading, String pattern) {
    return Pattern.compile("^\\| " + pattern, Pattern.MULTILINE)
        .matcher(section(heading))
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
