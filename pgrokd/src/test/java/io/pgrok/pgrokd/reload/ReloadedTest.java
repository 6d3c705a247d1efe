package io.pgrok.pgrokd.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadedTest {

  @TempDir Path dir;

  @Test
  void aChangedFileGivesANewValueAndTellsTheListeners() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "one");
    Reloaded<String> reloaded = reloaded(file);
    List<String> told = new ArrayList<>();
    reloaded.onChange(told::add);

    reloaded.check();
    Files.writeString(file, "second");
    reloaded.check();
    reloaded.check();

    assertThat(reloaded.get()).isEqualTo("second");
    assertThat(told).containsExactly("second");
  }

  @Test
  void aSymbolicLinkTurnedOverCountsAsAChange() throws IOException {
    Files.createDirectory(dir.resolve("v1"));
    Files.createDirectory(dir.resolve("v2"));
    Files.writeString(dir.resolve("v1/f"), "aaa");
    Files.writeString(dir.resolve("v2/f"), "bbb");
    Files.setLastModifiedTime(dir.resolve("v2/f"), Files.getLastModifiedTime(dir.resolve("v1/f")));
    Files.createSymbolicLink(dir.resolve("..data"), Path.of("v1"));
    Files.createSymbolicLink(dir.resolve("f"), Path.of("..data/f"));
    Reloaded<String> reloaded = reloaded(dir.resolve("f"));

    Files.createSymbolicLink(dir.resolve("..tmp"), Path.of("v2"));
    Files.move(dir.resolve("..tmp"), dir.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    reloaded.check();

    assertThat(reloaded.get()).isEqualTo("bbb");
  }

  @Test
  void whatCannotBeReadLeavesTheLastGoodValueInUse() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "good");
    Reloaded<String> reloaded = reloaded(file);

    Files.delete(file);
    reloaded.check();
    assertThat(reloaded.get()).isEqualTo("good");

    Files.writeString(file, "good again");
    reloaded.check();
    assertThat(reloaded.get()).isEqualTo("good again");
  }

  @Test
  void theFirstReadingMustSucceed() {
    assertThatThrownBy(() -> reloaded(dir.resolve("absent"))).isInstanceOf(IOException.class);
  }

  private static Reloaded<String> reloaded(Path file) throws IOException {
    return Reloaded.of("test", List.of(file), () -> TextFile.read(file));
  }
}
