package io.pgrok.pgrokd.reload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value made from files, kept up to date by {@link #check()}: what cannot be read or parsed is
 * logged, and the last good value stays. Thread-safe; {@link #get} never touches a disk.
 *
 * @param <T> immutable
 */
public final class Reloaded<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Reloaded.class);

  /** Makes the value from the files' present content. */
  @FunctionalInterface
  public interface Parser<T> {
    /**
     * @throws IOException when a file cannot be read, or holds what it should not: the text names
     *     the file and the fix, and no secret
     */
    T parse() throws IOException;
  }

  private final String what;
  private final List<Path> files;
  private final Parser<T> parser;
  private final List<Consumer<T>> listeners = new ArrayList<>();
  private volatile T value;
  private List<Object> seen;

  private Reloaded(String what, List<Path> files, Parser<T> parser) throws IOException {
    this.what = what;
    this.files = List.copyOf(files);
    this.parser = parser;
    this.seen = fingerprint();
    this.value = parser.parse();
  }

  /**
   * Reads the files for the first time.
   *
   * @param what for the log: "tokens", "certificate"
   * @throws IOException when that first reading fails: a server must not start without them
   */
  public static <T> Reloaded<T> of(String what, List<Path> files, Parser<T> parser)
      throws IOException {
    return new Reloaded<>(what, files, parser);
  }

  /** The newest good value. */
  public T get() {
    return value;
  }

  /** Runs the listener with each later value, on the thread that calls {@link #check}. */
  public synchronized void onChange(Consumer<T> listener) {
    listeners.add(listener);
  }

  /** Reads the files again when their identity, size or time of modification changed. */
  public synchronized void check() {
    List<Object> now = fingerprint();
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    T fresh;
    try {
      fresh = parser.parse();
    } catch (IOException e) {
      LOG.error(
          "cannot be read again, what was read before stays in use what=\"{}\" reason=\"{}\"",
          what,
          e.getMessage());
      return;
    }
    if (!fresh.equals(value)) {
      value = fresh;
      LOG.info("reloaded what=\"{}\" files={}", what, files);
      listeners.forEach(listener -> listener.accept(fresh));
    }
  }

  /** Follows symbolic links: the kubelet replaces a mounted file by turning one over. */
  private List<Object> fingerprint() {
    List<Object> marks = new ArrayList<>();
    for (Path file : files) {
      marks.add(mark(file));
    }
    return marks;
  }

  private static List<Object> mark(Path file) {
    try {
      Path real = file.toRealPath();
      return List.of(real, Files.size(real), Files.getLastModifiedTime(real));
    } catch (IOException e) {
      return List.of("unreadable");
    }
  }
}
