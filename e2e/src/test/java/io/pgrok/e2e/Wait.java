package io.pgrok.e2e;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.awaitility.core.ThrowingRunnable;

/**
 * Waits for what a cluster does in its own time: generously, since a busy machine is no failure.
 */
final class Wait {

  private Wait() {}

  static void until(ThrowingRunnable assertion) {
    await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(assertion);
  }

  static <T> T untilPresent(Supplier<Optional<T>> value) {
    return await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(Duration.ofMinutes(2))
        .until(value::get, Optional::isPresent)
        .orElseThrow();
  }
}
