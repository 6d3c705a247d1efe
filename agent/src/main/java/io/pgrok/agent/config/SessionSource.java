package io.pgrok.agent.config;

import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A source of one session: what is wrong with it at the start ends the command. */
public interface SessionSource extends ConfigSource {

  /** The file that its directory is watched for. */
  Path file();

  /** The session, or why there is none. */
  SessionSpec load() throws InvalidConfigException;

  /** For people: where it comes from, what in it is unwise. */
  default List<String> notices() throws InvalidConfigException {
    return List.of();
  }

  /** Whether the tunnels are those of the file. */
  default boolean readsTunnels() {
    return true;
  }

  /** An editor empties a file before it writes it: no reason to close its tunnels. */
  @Override
  default SortedMap<String, Loaded> read() {
    Loaded loaded;
    try {
      SessionSpec session = load();
      loaded =
          readsTunnels() && isEmpty(file())
              ? new Loaded.Broken(file() + ": is empty; end pgrok to close its tunnels")
              : new Loaded.Good(session);
    } catch (InvalidConfigException e) {
      loaded = new Loaded.Broken(String.valueOf(e.getMessage()));
    }
    return new TreeMap<>(Map.of(FileSource.sessionName(file()), loaded));
  }

  private static boolean isEmpty(Path file) {
    try {
      return Files.size(file) == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
