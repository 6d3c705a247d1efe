package io.pgrok.agent.config;

import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of sessions: each {@code *.yml} in it is one. This is what a Secret looks like when
 * it is mounted into a pod; hidden entries such as the kubelet's {@code ..data} are left alone. A
 * directory that does not exist yet is an empty one.
 */
public record DirectorySource(Path directory, Flags flags) implements ConfigSource {

  private static final Logger LOG = LoggerFactory.getLogger(DirectorySource.class);

  @Override
  public SortedMap<String, Loaded> read() {
    SortedMap<String, Loaded> sessions = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.yml")) {
      for (Path file : files) {
        if (!String.valueOf(file.getFileName()).startsWith(".") && !Files.isDirectory(file)) {
          sessions.put(FileSource.sessionName(file), load(file));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      LOG.debug("no configuration directory yet directory={}", directory);
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("configuration directory cannot be read directory={}", directory, e);
    }
    return sessions;
  }

  private Loaded load(Path file) {
    try {
      ConfigText text = FileSource.text(file);
      if (text.text().isBlank()) {
        // An editor empties a file before it writes it: no reason to close its tunnels.
        return new Loaded.Broken(file + ": is empty; delete it to end the session");
      }
      return new Loaded.Good(SessionSpecs.resolve(text, flags));
    } catch (InvalidConfigException e) {
      return new Loaded.Broken(String.valueOf(e.getMessage()));
    }
  }
}
