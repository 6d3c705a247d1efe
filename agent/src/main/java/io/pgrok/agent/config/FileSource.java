package io.pgrok.agent.config;

import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One file and the command line: one session.
 *
 * @param optional whether the file may be absent, as the default one may
 */
public record FileSource(Path file, boolean optional, Flags flags, Selection selection)
    implements ConfigSource {

  /** A configuration is written by hand or by the operator: larger is a mistake. */
  static final long MAX_BYTES = 4 << 20;

  @Override
  public SortedMap<String, Loaded> read() {
    Loaded loaded;
    try {
      loaded = new Loaded.Good(load());
    } catch (InvalidConfigException e) {
      loaded = new Loaded.Broken(String.valueOf(e.getMessage()));
    }
    return new TreeMap<>(java.util.Map.of(sessionName(file), loaded));
  }

  /** The session, or why there is none. */
  public SessionSpec load() throws InvalidConfigException {
    ConfigText text =
        optional && !Files.exists(file) ? ConfigText.empty(sessionName(file)) : text(file);
    return selection.from(SessionSpecs.resolve(text, flags));
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
