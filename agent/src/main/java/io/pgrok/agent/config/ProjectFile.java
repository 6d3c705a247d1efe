package io.pgrok.agent.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the file with a project's tunnels. */
public final class ProjectFile {

  public static final String NAME = "pgrok.yml";

  private ProjectFile() {}

  /** The nearest one of the folder and those above it, up to the one that is a repository's. */
  public static Optional<Path> find(Path folder) {
    return upTo(folder).map(above -> above.resolve(NAME)).filter(Files::isRegularFile).findFirst();
  }

  /** Where {@link #find} ends. */
  public static Path top(Path folder) {
    return upTo(folder).reduce(folder, (_, above) -> above);
  }

  private static Stream<Path> upTo(Path folder) {
    return Stream.iterate(
        folder.toAbsolutePath().normalize(),
        Objects::nonNull,
        above -> Files.exists(above.resolve(".git")) ? null : above.getParent());
  }
}
