package io.pgrok.pgrokd.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {

  @TempDir Path dir;

  @Test
  void whatCannotBeReadIsNamedWithTheReason() throws IOException {
    Path file = dir.resolve("tokens.yml");
    assertThatThrownBy(() -> TextFile.read(file)).hasMessage(file + ": there is no such file");

    Files.write(file, new byte[] {'a', (byte) 0xff});
    assertThatThrownBy(() -> TextFile.read(file)).hasMessage(file + ": is no text in UTF-8");

    assertThatThrownBy(() -> TextFile.read(dir)).hasMessageStartingWith(dir + ": cannot be read: ");
  }

  @Test
  void textIsUtf8() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "grün");

    assertThat(TextFile.read(file)).isEqualTo("grün");
  }
}
