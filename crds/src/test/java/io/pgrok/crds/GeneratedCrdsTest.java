package io.pgrok.crds;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedCrdsTest {

  /** {@code ./mvnw -pl crds test -Dcrds.write}: make the files anew instead of comparing. */
  @BeforeAll
  static void writeWhenAsked() throws IOException {
    if (System.getProperty("crds.write") != null) {
      CrdGeneration.into(CrdGeneration.COMMITTED);
      Files.writeString(ReferencePage.COMMITTED, ReferencePage.of(CrdGeneration.COMMITTED));
    }
  }

  @Test
  void committedFilesAreWhatTheTypesGenerate(@TempDir Path fresh) throws IOException {
    CrdGeneration.into(fresh);

    assertThat(textByName(CrdGeneration.COMMITTED))
        .as("crds/generated is stale: run ./mvnw -pl crds test -Dcrds.write and commit the change")
        .isEqualTo(textByName(fresh));
  }

  @Test
  void referencePageIsMadeFromThem() throws IOException {
    assertThat(Files.readString(ReferencePage.COMMITTED))
        .as("run ./mvnw -pl crds test -Dcrds.write and commit %s", ReferencePage.COMMITTED)
        .isEqualTo(ReferencePage.of(CrdGeneration.COMMITTED));
  }

  private static Map<String, String> textByName(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return new TreeMap<>(
          files.collect(toMap(f -> f.getFileName().toString(), GeneratedCrdsTest::text)));
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
