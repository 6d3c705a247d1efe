package io.pgrok.operator.status;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConditionsReferenceTest {

  private static final Pattern ROW =
      Pattern.compile("\\| `(\\w+)` \\| (\\w+) \\| (\\w+) \\| .+ \\|");

  @Test
  void pageListsEveryReasonWithItsMeaning() throws IOException {
    Map<String, List<String>> documented =
        Files.readString(Path.of("../docs/reference/conditions.md"))
            .lines()
            .map(ROW::matcher)
            .filter(row -> row.matches())
            .collect(toMap(row -> row.group(1), row -> List.of(row.group(2), row.group(3))));

    assertThat(documented)
        .isEqualTo(
            Arrays.stream(Reason.values())
                .collect(toMap(Reason::text, reason -> meaning(reason.outcome()))));
  }

  /** What the page says that Argo CD makes of it. */
  static String argo(Reason reason) {
    return meaning(reason.outcome()).getLast();
  }

  private static List<String> meaning(Reason.Outcome outcome) {
    return switch (outcome) {
      case READY -> List.of("Current", "Healthy");
      case WAITING -> List.of("InProgress", "Progressing");
      case SUSPENDED -> List.of("InProgress", "Suspended");
      case STALLED -> List.of("Failed", "Degraded");
    };
  }
}
