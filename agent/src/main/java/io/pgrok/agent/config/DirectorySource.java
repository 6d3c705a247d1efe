package io.pgrok.agent.config;

import io.pgrok.protocol.agent.AgentYaml.InvalidConfigException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of sessions: each {@code *.yml} in it is one, and {@code <session>.<part>.tunnels}
 * beside it holds more tunnels of the session. This is what Secrets look like when they are mounted
 * into a pod, of which each has room for 1 MiB; hidden entries such as the kubelet's {@code ..data}
 * are left alone. A directory that does not exist yet is an empty one. One caller at a time.
 */
public final class DirectorySource implements ConfigSource {

  private static final Logger LOG = LoggerFactory.getLogger(DirectorySource.class);

  private static final String PART = ".tunnels";

  private final Path directory;
  private final Flags flags;

  /** By file: with thousands of tunnels only what changed is worth parsing again. */
  private Map<Path, Parsed> parsed = new TreeMap<>();

  public DirectorySource(Path directory, Flags flags) {
    this.directory = directory;
    this.flags = flags;
  }

  /** What became of one file, and of which text. */
  private record Parsed(String text, Loaded loaded) {}

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public SortedMap<String, Loaded> read() {
    SortedMap<Path, Parsed> now = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{yml,tunnels}")) {
      for (Path file : files) {
        // A link that leads nowhere is one that the kubelet is about to take away.
        if (!String.valueOf(file.getFileName()).startsWith(".") && Files.isRegularFile(file)) {
          now.put(file, parse(file));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      LOG.debug("no configuration directory yet directory={}", directory);
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("configuration directory cannot be read directory={}", directory, e);
    }
    parsed = now;
    return sessions(now);
  }

  /** A part without its session is not there yet, or does not matter any more. */
  private static SortedMap<String, Loaded> sessions(SortedMap<Path, Parsed> files) {
    SortedMap<String, Loaded> sessions = new TreeMap<>();
    SortedMap<String, SortedMap<Path, Loaded>> parts = new TreeMap<>();
    files.forEach((file, parsed) -> {
      if (isPart(file)) {
        parts.computeIfAbsent(sessionOfPart(file), _ -> new TreeMap<>()).put(file, parsed.loaded());
      } else {
        sessions.put(FileSource.sessionName(file), parsed.loaded());
      }
    });
    parts.forEach(
        (name, more) -> sessions.computeIfPresent(name, (_, session) -> joined(session, more)));
    return sessions;
  }

  private static Loaded joined(Loaded session, SortedMap<Path, Loaded> parts) {
    if (!(session instanceof Loaded.Good(SessionSpec whole))) {
      return session;
    }
    Map<String, TunnelSpec> tunnels = new LinkedHashMap<>();
    whole.tunnels().forEach(tunnel -> tunnels.put(tunnel.name(), tunnel));
    for (Map.Entry<Path, Loaded> part : parts.entrySet()) {
      if (!(part.getValue() instanceof Loaded.Good(SessionSpec more))) {
        return part.getValue();
      }
      for (TunnelSpec tunnel : more.tunnels()) {
        if (tunnels.put(tunnel.name(), tunnel) != null) {
          return new Loaded.Broken(
              "%s: tunnels.%s is in another file of the session, too"
                  .formatted(part.getKey(), tunnel.name()));
        }
      }
    }
    return new Loaded.Good(whole.with(List.copyOf(tunnels.values())));
  }

  private Parsed parse(Path file) {
    try {
      ConfigText text = FileSource.text(file);
      Parsed before = parsed.get(file);
      return before != null && before.text().equals(text.text())
          ? before
          : new Parsed(text.text(), load(file, text));
    } catch (InvalidConfigException e) {
      return new Parsed("", new Loaded.Broken(String.valueOf(e.getMessage())));
    }
  }

  private Loaded load(Path file, ConfigText text) throws InvalidConfigException {
    if (text.text().isBlank()) {
      // An editor empties a file before it writes it: no reason to close its tunnels.
      return new Loaded.Broken(file + ": is empty; delete it to end the session");
    }
    return new Loaded.Good(
        isPart(file) ? SessionSpecs.part(text, flags) : SessionSpecs.resolve(text, flags));
  }

  private static boolean isPart(Path file) {
    return file.toString().endsWith(PART);
  }

  private static String sessionOfPart(Path file) {
    String name = String.valueOf(file.getFileName());
    String stem = name.substring(0, name.length() - PART.length());
    int dot = stem.lastIndexOf('.');
    return dot < 0 ? stem : stem.substring(0, dot);
  }
}
