package io.pgrok.pgrokd.gate;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file that lines are appended to. Whoever rotates it moves it away or truncates it: within two
 * seconds the lines go to the file of that name again.
 */
final class LogFile implements AccessLog.Target {

  private static final long LOOK_EVERY = TimeUnit.SECONDS.toNanos(2);

  private final Path path;
  private BufferedWriter writer;
  private @Nullable Object key;
  private long looked = System.nanoTime();

  /**
   * @throws IOException when it cannot be written to
   */
  LogFile(Path path) throws IOException {
    this.path = path;
    this.writer = open();
    this.key = key();
  }

  /**
   * @param target {@code stdout} or a file
   * @throws IOException when the file cannot be written to
   */
  static AccessLog.Target of(String target) throws IOException {
    return target.equals("stdout") ? new Standard(System.out) : new LogFile(Path.of(target));
  }

  private BufferedWriter open() throws IOException {
    return Files.newBufferedWriter(
        path, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public void append(String line) throws IOException {
    if (System.nanoTime() - looked > LOOK_EVERY) {
      looked = System.nanoTime();
      reopenWhenMoved();
    }
    writer.write(line);
  }

  /** Looks whether the name leads to another file now, or to none. */
  void reopenWhenMoved() throws IOException {
    Object now = key();
    if (now == null || !now.equals(key)) {
      writer.close();
      writer = open();
      key = key();
    }
  }

  private @Nullable Object key() {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void flush() throws IOException {
    writer.flush();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  /** The container's way. */
  private record Standard(PrintStream out) implements AccessLog.Target {

    @Override
    public void append(String line) {
      out.print(line);
    }

    @Override
    public void flush() {
      out.flush();
    }

    @Override
    public void close() {
      out.flush();
    }
  }
}
