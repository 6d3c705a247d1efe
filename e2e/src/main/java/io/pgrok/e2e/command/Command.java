package io.pgrok.e2e.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program with its arguments. Immutable; each run is a new process, ended when it takes too long.
 *
 * @param words the program and its arguments
 * @param directory where it runs
 * @param environment variables besides those of this process
 * @param limit how long it may take
 */
public record Command(
    List<String> words, Path directory, Map<String, String> environment, Duration limit) {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  public static Command of(Path directory, String... words) {
    return new Command(List.of(words), directory, Map.of(), LIMIT);
  }

  public Command with(String variable, String value) {
    var more = new TreeMap<>(environment);
    more.put(variable, value);
    return new Command(words, directory, more, limit);
  }

  public Command within(Duration limit) {
    return new Command(words, directory, environment, limit);
  }

  /** As it would be typed: the program's bare name, arguments with spaces or the like quoted. */
  public String line() {
    var program = Path.of(words.getFirst());
    var name = program.isAbsolute() ? program.getFileName() : program;
    return Stream.concat(Stream.of(name.toString()), words.stream().skip(1))
        .map(Command::quoted)
        .collect(Collectors.joining(" "));
  }

  /**
   * Runs it with this process's own output and error.
   *
   * @throws CommandFailedException when it ends with another status than 0
   */
  public void run() {
    int status = finish(start(ProcessBuilder.Redirect.INHERIT, ProcessBuilder.Redirect.INHERIT));
    if (status != 0) {
      throw new CommandFailedException(line(), status, "");
    }
  }

  /**
   * Runs it and returns what it wrote to its standard output, without the last line break.
   *
   * @throws CommandFailedException when it ends with another status than 0; its message carries
   *     what it wrote to its standard error
   */
  public String output() {
    var result = result();
    if (result.status() != 0) {
      throw new CommandFailedException(line(), result.status(), result.error());
    }
    return result.output();
  }

  /** Runs it and tells how it ended. */
  public Result result() {
    Path output = null;
    Path error = null;
    try {
      output = Files.createTempFile("command", ".out");
      error = Files.createTempFile("command", ".err");
      int status =
          finish(
              start(
                  ProcessBuilder.Redirect.to(output.toFile()),
                  ProcessBuilder.Redirect.to(error.toFile())));
      return new Result(status, text(output), text(error));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Stream.of(output, error).forEach(Command::delete);
    }
  }

  /** Starts it and leaves it running; it writes to {@code output}. */
  public Process background(Path output) {
    return start(
        ProcessBuilder.Redirect.to(output.toFile()), ProcessBuilder.Redirect.to(output.toFile()));
  }

  private Process start(ProcessBuilder.Redirect output, ProcessBuilder.Redirect error) {
    var builder =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(output)
            .redirectError(error);
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int finish(Process process) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new CommandFailedException(
            line(), -1, "still running after " + limit.toSeconds() + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new CommandFailedException(line(), -1, "interrupted");
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8).stripTrailing();
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String quoted(String word) {
    return word.matches("[-\\w./:=@,+%]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** How a process ended: its exit status and what it wrote. */
  public record Result(int status, String output, String error) {}
}
