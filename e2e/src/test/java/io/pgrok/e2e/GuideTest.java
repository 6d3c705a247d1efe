package io.pgrok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing in the guide escapes the test that runs its commands. */
class GuideTest {

  private static final Set<String> LANGUAGES = Set.of("sh", "text", "yaml");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

  private final Guide guide = Guide.of(Repository.ofCurrentFolder());

  @Test
  void everyPageIsInTheTableOfContents() throws IOException {
    try (Stream<Path> files = Files.list(guide.folder())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(Stream.of("README.md"), guide.pages().stream()).toList());
    }
  }

  @Test
  void everyBlockSaysWhatItIs() {
    for (var block : blocks()) {
      assertThat(LANGUAGES).as(block.place()).contains(block.language());
    }
  }

  @Test
  void onlyCommandsAreMarkedAsNotRunAndMostAreRun() {
    for (var block : blocks()) {
      assertThat(block.notRun().isEmpty() || block.isCommands()).as(block.place()).isTrue();
    }
    var commands = blocks().stream().filter(Guide.Block::isCommands).toList();
    assertThat(commands.stream().filter(block -> block.notRun().isEmpty()).count())
        .isGreaterThan(commands.size() / 2);
  }

  @Test
  void everyMarkerStandsBeforeABlock() {
    for (var page : guide.pages()) {
      long markers =
          guide.lines(page).stream().filter(line -> line.startsWith("<!-- not run")).count();
      assertThat(guide.blocks(page).stream().filter(block -> block.notRun().isPresent()).count())
          .as(page)
          .isEqualTo(markers);
    }
  }

  @Test
  void everyLinkLeadsToAFile() {
    for (var page : guide.pages()) {
      for (var line : guide.lines(page)) {
        LINK.matcher(line)
            .results()
            .map(link -> guide.folder().resolve(link.group(1)).normalize())
            .forEach(target -> assertThat(target).as(page).exists());
      }
    }
  }

  @Test
  void troubleshootingKnowsEveryReason() throws IOException {
    var reference = guide.folder().resolve("../reference/conditions.md");
    var advice = String.join("\n", guide.lines("troubleshooting.md"));

    assertThat(Files.readAllLines(reference))
        .filteredOn(line -> line.startsWith("| `"))
        .hasSizeGreaterThan(10)
        .allSatisfy(row -> assertThat(advice).contains("`" + row.split("`")[1] + "`"));
  }

  private List<Guide.Block> blocks() {
    return guide.pages().stream().flatMap(page -> guide.blocks(page).stream()).toList();
  }
}
