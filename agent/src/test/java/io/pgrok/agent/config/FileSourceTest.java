package io.pgrok.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
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

  @Test
  void aFileThatAnEditorHasJustEmptiedClosesNoTunnel() throws Exception {
    Files.createFile(file());

    assertThat(source(true).read().get("pgrok"))
        .isInstanceOfSatisfying(
            Loaded.Broken.class,
            broken -> assertThat(broken.error()).startsWith(file() + ": is empty"));
  }

  @Test
  void theCommandLinesOwnTunnelNeedsNothingOfTheFile() throws Exception {
    Files.createFile(file());
    PrivateAddress target = PrivateAddress.plain(new HostPort("127.0.0.1", 8080));
    TunnelSpec tunnel =
        new TunnelSpec("8080", null, "", "", "", 0, new TreeMap<>(Map.of(Protocol.HTTP, target)));
    var source = new FileSource(file(), true, Flags.NONE, new Selection.Only(tunnel));

    assertThat(source.read().get("pgrok")).isInstanceOf(Loaded.Good.class);
  }

  private FileSource source(boolean optional) {
    return new FileSource(file(), optional, Flags.NONE, new Selection.All());
  }

  private Path file() {
    return directory.resolve("pgrok.yml");
  }
}
