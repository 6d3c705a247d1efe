package io.pgrok.agent.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private final Backoff backoff =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5), new SplittableRandom(1));

  @Test
  void delaysDoubleUpToTheLimitWithAShareOfChance() {
    for (long full : new long[] {200, 400, 800, 1600, 3200, 5000, 5000}) {
      assertThat(backoff.next().toMillis()).isBetween(full / 2, full);
    }
  }

  @Test
  void aSuccessBeginsAnew() {
    backoff.next();
    backoff.next();
    backoff.reset();

    assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(200));
  }
}
