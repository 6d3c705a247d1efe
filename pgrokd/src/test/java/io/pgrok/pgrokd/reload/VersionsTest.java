package io.pgrok.pgrokd.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionsTest {

  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  @TempDir Path dir;
  private Path copy;
  private Path mounted;
  private Versions versions;

  @BeforeEach
  void twoPlaces() throws IOException {
    copy = dir.resolve("jwks.json");
    mounted = Files.createDirectory(dir.resolve("mounted")).resolve("jwks.json");
    versions = Versions.of(copy, mounted.getParent());
  }

  private static void write(Path file, long second) throws IOException {
    Files.writeString(file, "at " + second);
    Files.setLastModifiedTime(file, FileTime.from(START.plusSeconds(second)));
  }

  @Test
  void theOnlyOneCounts() throws IOException {
    write(copy, 0);
    assertThat(versions.newest()).isEqualTo(copy);

    write(mounted, 0);
    Files.delete(copy);
    assertThat(versions.newest()).isEqualTo(mounted);
  }

  @Test
  void whatWasMountedBeforeTheCopyWasMadeIsOlder() throws IOException {
    write(mounted, 0);
    write(copy, 1);

    assertThat(versions.newest()).isEqualTo(copy);
  }

  @Test
  void whatIsMountedLaterReplacesTheCopy() throws IOException {
    write(copy, 1);
    write(mounted, 60);

    assertThat(versions.newest()).isEqualTo(mounted);
  }

  @Test
  void theFirstPlaceIsNamedWhenThereIsNone() {
    assertThat(versions.newest()).isEqualTo(copy);
  }

  @Test
  void aReloadedValueFollowsTheNewestVersion() throws IOException {
    write(copy, 1);
    Reloaded<String> value =
        Reloaded.of("test", versions.places(), () -> Files.readString(versions.newest()));

    write(mounted, 60);
    value.check();

    assertThat(value.get()).isEqualTo("at 60");
  }
}
