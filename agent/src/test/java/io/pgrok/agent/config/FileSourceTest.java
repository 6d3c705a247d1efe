package io.pgrok.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest {

  @TempDir Path directory;

  @Test
  void theDefaultFileMayBeAbsent() throws Exception {
    SessionSpec session = source(true).load();

    assertThat(session.link().server()).hasToString("localhost:4443");
    assertThat(session.tunnels()).isEmpty();
  }

  @Test
  void aFileThatWasAskedForMustExist() {
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> source(false).load())
        .withMessage(file() + ": there is no such file");
  }

  @Test
  void aFileThatIsNoTextIsRefused() throws Exception {
    Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> source(false).load())
        .withMessage(file() + ": is not UTF-8 text");
  }

  @Test
  void aHugeFileIsRefused() throws Exception {
    Files.write(file(), new byte[(int) FileSource.MAX_BYTES + 1]);

    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> source(false).load())
        .withMessage(file() + ": is larger than 4 MiB");
  }

  private FileSource source(boolean optional) {
    return new FileSource(file(), optional, Flags.NONE, new Selection.All());
  }

  private Path file() {
    return directory.resolve("pgrok.yml");
  }
}
