package io.pgrok.pgrokd.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * File descriptors of this process, to see that none is left behind.
 *
 * @param open how many there were
 */
public record Descriptors(long open) {

  /** What pools and the JVM may open for themselves meanwhile. */
  private static final int OTHERS = 20;

  public static Descriptors now() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return new Descriptors(open.count());
    }
  }

  /** Waits until as many are open as there were, or a few more. */
  public void awaitBack() {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(now().open).isLessThan(open + OTHERS));
  }
}
