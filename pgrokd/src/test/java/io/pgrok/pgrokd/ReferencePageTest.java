package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgrok.pgrokd.config.Timing;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

/** docs/reference/pgrokd.md says what the code does. */
class ReferencePageTest {

  private static final Path PAGE = Path.of("..", "docs", "reference", "pgrokd.md");

  private static List<Matcher> rows(String pattern) throws Exception {
    List<Matcher> found = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = Pattern.compile(pattern).matcher(line);
      if (row.find()) {
        found.add(row);
      }
    }
    return found;
  }

  @Test
  void everyOptionIsListedWithItsDefault() throws Exception {
    List<String> listed = new ArrayList<>();
    for (Matcher row : rows("^\\| `(-[A-Za-z-]+)` \\| (?:`([^`]*)` )?\\|")) {
      listed.add(row.group(1) + "=" + (row.group(2) == null ? "" : row.group(2)));
    }
    List<String> known = new ArrayList<>();
    for (OptionSpec option : Main.commandLine().getCommandSpec().options()) {
      String name = option.names()[0];
      String value = option.defaultValue() == null ? "" : option.defaultValue();
      if (name.equals("-dataDir")) {
        value = "$XDG_DATA_HOME/pgrok"; // computed
      }
      if (!option.usageHelp() && !option.versionHelp()) {
        known.add(name + "=" + value);
      }
    }
    assertThat(listed).containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void everyTimeOutIsListedWithItsDefault() throws Exception {
    List<String> listed = new ArrayList<>();
    for (Matcher row : rows("^\\| `([a-z][A-Za-z]+)` \\| ([0-9.]+) \\|")) {
      listed.add(row.group(1) + "=" + Double.parseDouble(row.group(2)));
    }
    List<String> known = new ArrayList<>();
    for (RecordComponent component : Timing.class.getRecordComponents()) {
      Duration time = (Duration) component.getAccessor().invoke(Timing.DEFAULT);
      known.add(component.getName() + "=" + time.toMillis() / 1000.0);
    }
    assertThat(listed).containsExactlyElementsOf(known);
  }
}
