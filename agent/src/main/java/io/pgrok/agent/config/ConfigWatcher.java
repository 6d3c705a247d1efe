package io.pgrok.agent.config;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a source at the start and after each change of its directory, and tells when what was read
 * differs. Besides the events of the file system, which a network file system or a directory that
 * is replaced may withhold, it looks by itself now and then.
 */
public final class ConfigWatcher implements AutoCloseable {

  /** An editor's several writes count as one change. */
  private static final Duration SETTLE = Duration.ofMillis(50);

  /** The kubelet prepares all files out of sight and renames this link to their folder. */
  private static final String SWAPPED = "..data";

  private static final Logger LOG = LoggerFactory.getLogger(ConfigWatcher.class);

  private final ConfigSource source;
  private final Consumer<SortedMap<String, Loaded>> onChange;
  private final Duration poll;
  private @Nullable Thread thread;

  /**
   * @param onChange called on the watcher's own thread with everything that there is now
   */
  public ConfigWatcher(ConfigSource source, Consumer<SortedMap<String, Loaded>> onChange) {
    this(source, onChange, Duration.ofSeconds(5));
  }

  ConfigWatcher(ConfigSource source, Consumer<SortedMap<String, Loaded>> onChange, Duration poll) {
    this.source = source;
    this.onChange = onChange;
    this.poll = poll;
  }

  /** Tells the first state before it returns. */
  public void start() throws IOException {
    // Watched before it is read, so that no change falls between the two.
    WatchService events = source.directory().getFileSystem().newWatchService();
    WatchKey key = register(events);
    SortedMap<String, Loaded> first = source.read();
    onChange.accept(first);
    thread = Thread.ofVirtual().name("config-watcher").start(() -> watch(events, key, first));
  }

  private void watch(
      WatchService events, @Nullable WatchKey registered, SortedMap<String, Loaded> first) {
    WatchKey key = registered;
    SortedMap<String, Loaded> known = first;
    try (events) {
      while (true) {
        WatchKey changed = events.poll(poll.toMillis(), TimeUnit.MILLISECONDS);
        if (changed != null && !settle(changed)) {
          continue;
        }
        if (key == null || !key.isValid()) {
          key = register(events);
        }
        SortedMap<String, Loaded> now = source.read();
        if (!now.equals(known)) {
          LOG.info("configuration changed directory={}", source.directory());
          known = now;
          onChange.accept(now);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("configuration watcher ends");
    } catch (IOException e) {
      LOG.error("configuration cannot be watched directory={}", source.directory(), e);
    }
  }

  /**
   * Waits until what changes has changed.
   *
   * @return whether there may be something to read
   */
  private static boolean settle(WatchKey changed) throws InterruptedException {
    List<String> names =
        changed.pollEvents().stream().map(event -> String.valueOf(event.context())).toList();
    boolean swapped = names.contains(SWAPPED);
    boolean visible = names.isEmpty() || names.stream().anyMatch(name -> !name.startsWith(".."));
    if (visible && !swapped) {
      Thread.sleep(SETTLE);
      changed.pollEvents();
    }
    changed.reset();
    return visible || swapped;
  }

  private @Nullable WatchKey register(WatchService events) {
    Path directory = source.directory();
    try {
      return directory.register(events, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
    } catch (IOException e) {
      LOG.debug("configuration directory cannot be watched yet directory={}", directory);
      return null;
    }
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
