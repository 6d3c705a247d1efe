package io.pgrok.operator.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.pgrok.operator.status.Conditions;
import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What kstatus itself, the library of Flux and Helm, makes of each reason. */
class KstatusIT {

  private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| (\\w+) \\| .+");

  @Test
  void judgesEveryReasonAsTheReferenceSays() throws Exception {
    var reasons = List.of(Reason.values());

    var judged = judge(reasons.stream().map(reason -> tunnel(3, reason)).toList());

    var byReason = new LinkedHashMap<String, String>();
    for (int i = 0; i < reasons.size(); i++) {
      byReason.put(reasons.get(i).text(), judged.get(i));
    }
    assertThat(byReason).containsExactlyInAnyOrderEntriesOf(documented());
  }

  @Test
  void waitsForAStatusOfThePresentSpec() throws Exception {
    var stale = Arrays.stream(Reason.values()).map(reason -> tunnel(2, reason)).toList();

    assertThat(judge(stale)).isEqualTo(Collections.nCopies(stale.size(), "InProgress"));
  }

  private static Map<String, String> documented() throws IOException {
    var table = new LinkedHashMap<String, String>();
    Files.readString(Path.of("../docs/reference/conditions.md"))
        .lines()
        .map(ROW::matcher)
        .filter(row -> row.matches())
        .forEach(row -> table.put(row.group(1), row.group(2)));
    return table;
  }

  /** A Tunnel whose spec is at generation 3. */
  private static String tunnel(long observedGeneration, Reason reason) {
    List<Condition> conditions =
        Conditions.of(
            List.of(), new Verdict(reason, "because"), observedGeneration, Clock.systemUTC());
    return Serialization.asJson(
            Map.of(
                "apiVersion",
                "pgrok.io/v1alpha1",
                "kind",
                "Tunnel",
                "metadata",
                Map.of("name", "web", "namespace", "shop", "generation", 3),
                "status",
                Map.of("observedGeneration", observedGeneration, "conditions", conditions)))
        .replace("\n", " ");
  }

  private static List<String> judge(List<String> objects) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(program()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var in = process.outputWriter(UTF_8)) {
      for (String object : objects) {
        in.write(object + "\n");
      }
    }
    var answers = process.inputReader(UTF_8).lines().toList();
    assertThat(process.waitFor()).isZero();
    return answers;
  }

  /** Built before, with the programs of the other tests. */
  private static String program() throws IOException {
    var build =
        new ProcessBuilder("../deploy/local-cluster/build", "--path", "kstatus")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return Stream.of(new String(build.getInputStream().readAllBytes(), UTF_8).split("\n"))
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElseThrow();
  }
}
