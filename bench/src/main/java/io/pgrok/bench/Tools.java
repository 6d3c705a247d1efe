package io.pgrok.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Programs that a run needs: from the PATH, or unpacked from Debian packages into the cache, for
 * which nobody has to be root.
 */
final class Tools {

  /** Where a program is when it is not installed, and what else it needs. */
  private static final Map<String, List<String>> PACKAGES =
      Map.of(
          "nginx", List.of("nginx"),
          "wrk", List.of("wrk", "libluajit-5.1-2", "libluajit-5.1-common"),
          "h2load", List.of("nghttp2-client", "libev4", "libjemalloc2"));

  private final Path cache;

  Tools(Path cache) {
    this.cache = cache;
  }

  /**
   * The command for a program.
   *
   * @return empty, after a line that says what to do, when it cannot be had
   */
  Optional<List<String>> find(String program) throws IOException, InterruptedException {
    Optional<Path> installed = onPath(program);
    if (installed.isPresent()) {
      return installed.map(path -> List.of(path.toString()));
    }
    Path root = cache.resolve("debian");
    if (unpacked(root, program).isEmpty() && PACKAGES.containsKey(program)) {
      unpack(root, PACKAGES.get(program));
    }
    Optional<List<String>> command =
        unpacked(root, program)
            .map(path ->
                List.of(
                    "env",
                    "LD_LIBRARY_PATH=" + root.resolve("usr/lib/x86_64-linux-gnu"),
                    path.toString()));
    if (command.isEmpty()) {
      System.err.printf("bench: %s is missing: install it, or put it on the PATH%n", program);
    }
    return command;
  }

  private static Optional<Path> onPath(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Optional<Path> unpacked(Path root, String program) {
    return Stream.of("usr/bin", "usr/sbin")
        .map(directory -> root.resolve(directory).resolve(program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private void unpack(Path root, List<String> packages) throws IOException, InterruptedException {
    if (onPath("apt-get").isEmpty()) {
      return;
    }
    Path downloads = Files.createDirectories(cache.resolve("downloads"));
    Files.createDirectories(root);
    List<String> download = new ArrayList<>(List.of("apt-get", "-qq", "download"));
    download.addAll(packages);
    run(downloads, download);
    try (Stream<Path> files = Files.list(downloads)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".deb")).toList()) {
        run(downloads, List.of("dpkg", "-x", file.toString(), root.toString()));
      }
    }
  }

  private static void run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
