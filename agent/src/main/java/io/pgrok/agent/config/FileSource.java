package io.pgrok.agent.config;

import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * One file and the command line: one session.
 *
 * @param optional whether the file may be absent, as the default one may
 */
public record FileSource(Path file, boolean optional, Flags flags, Selection selection)
    implements SessionSource {

  /** A configuration is written by hand or by the operator: larger is a mistake. */
  static final long MAX_BYTES = 4 << 20;

  @Override
  public SessionSpec load() throws InvalidConfigException {
    return selection.from(SessionSpecs.resolve(text(), flags));
  }

  @Override
  public boolean readsTunnels() {
    return !(selection instanceof Selection.Only);
  }

  ConfigText text() throws InvalidConfigException {
    return optional && !Files.exists(file) ? ConfigText.empty(sessionName(file)) : text(file);
  }

  @Override
  public Path directory() {
    return Objects.requireNonNullElse(file.toAbsolutePath().getParent(), Path.of("/"));
  }

  static ConfigText text(Path file) throws InvalidConfigException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new InvalidConfigException(file + ": is larger than 4 MiB");
      }
      return new ConfigText(sessionName(file), file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new InvalidConfigException(file + ": there is no such file");
    } catch (CharacterCodingException e) {
      throw new InvalidConfigException(file + ": is not UTF-8 text");
    } catch (IOException e) {
      throw new InvalidConfigException(file + ": cannot be read: " + e.getMessage());
    }
  }

  static String sessionName(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".yml") ? name.substring(0, name.length() - ".yml".length()) : name;
  }
}
