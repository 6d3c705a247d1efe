package io.pgrok.operator.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The programs that {@code deploy/local-cluster/build} lays out for tests. */
final class Programs {

  private Programs() {}

  /** Environment variable: a kube-apiserver of another version to run the tests against. */
  private static final String ANOTHER = "PGROK_API_SERVER";

  static Path path(String program) {
    String another = System.getenv(ANOTHER);
    if (another != null && program.equals("kube-apiserver")) {
      return Path.of(another);
    }
    Path versions = cache().resolve("kube-api-test/k8s");
    try (Stream<Path> found = Files.list(versions)) {
      return found
          .max(Comparator.naturalOrder())
          .map(folder -> folder.resolve(program))
          .filter(Files::isExecutable)
          .orElseThrow(() -> new IllegalStateException(missing(program)));
    } catch (IOException e) {
      throw new UncheckedIOException(missing(program), e);
    }
  }

  private static String missing(String program) {
    return "there is no %s: run deploy/local-cluster/build etcd kube-apiserver kubectl"
        .formatted(program);
  }

  private static Path cache() {
    return Optional.ofNullable(System.getenv("PGROK_CACHE"))
        .map(Path::of)
        .orElseGet(() ->
            Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("pgrok"));
  }
}
