package io.pgrok.pgrokd.reload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * A file that may be in several places: the version that was written last counts. So a copy that
 * was made at the start is replaced once a mounted Secret, which Kubernetes refreshes a minute
 * later, has something newer, and not by what the Secret held before.
 *
 * @param places the first is the one to name when there is none at all
 */
public record Versions(List<Path> places) {

  /** Reads one version. */
  @FunctionalInterface
  public interface Parser<T> {
    /**
     * @throws IOException as that of {@link Reloaded.Parser}
     */
    T parse(Path file) throws IOException;
  }

  public Versions {
    places = List.copyOf(places);
  }

  /** There is one version only. */
  public static Versions of(Path file) {
    return new Versions(List.of(file));
  }

  /**
   * @param updates a directory in which a newer file of the same name may appear
   */
  public static Versions of(Path file, Path updates) {
    return new Versions(List.of(file, updates.resolve(file.getFileName())));
  }

  /**
   * The version that was written last, the first of several; the first place when none is there.
   */
  public Path newest() {
    Path newest = places.getFirst();
    for (Path place : places) {
      if (written(place).compareTo(written(newest)) > 0) {
        newest = place;
      }
    }
    return newest;
  }

  private static FileTime written(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException notThere) {
      return FileTime.fromMillis(Long.MIN_VALUE);
    }
  }
}
