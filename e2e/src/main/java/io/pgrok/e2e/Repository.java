package io.pgrok.e2e;

import io.pgrok.e2e.command.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The checkout whose programs, charts and images are used.
 *
 * @param root the folder of {@code mvnw}
 */
public record Repository(Path root) {

  /** The checkout that the current folder belongs to. */
  public static Repository ofCurrentFolder() {
    for (@Nullable Path folder = Path.of("").toAbsolutePath();
        folder != null;
        folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve("mvnw"))) {
        return new Repository(folder);
      }
    }
    throw new IllegalStateException(
        "run this inside a checkout of pgrok: no folder above has the file mvnw");
  }

  /** A command that runs in the root folder. */
  public Command command(String... words) {
    return Command.of(root, words);
  }

  /** The image tar that {@code ./mvnw package} writes for a module. */
  public Path imageOf(String module) {
    var tar = root.resolve(module).resolve("target/jib-image.tar");
    if (!Files.isRegularFile(tar)) {
      throw new IllegalStateException(
          "no image of %s at %s; make it: ./mvnw package -DskipTests".formatted(module, tar));
    }
    return tar;
  }

  /** The id of that image, by which a container tells what it runs: {@code sha256:…}. */
  public String imageIdOf(String module) {
    try {
      return Files.readString(root.resolve(module).resolve("target/jib-image.id")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The image tar of the sample web application, built when it is not there yet. */
  public Path sampleImage() {
    return Path.of(command("deploy/images/go-image", "hello").output());
  }
}
