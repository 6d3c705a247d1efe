package io.pgrok.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CorrectionsTest {

  private static final long SECOND = 1_000_000_000L;

  private final Corrections corrections = new Corrections(Duration.ofSeconds(10));

  @Test
  void theFirstAndOneOfThoseInEachPauseMayBegin() {
    long start = Long.MAX_VALUE - 5 * SECOND; // the clock may pass its largest value
    assertThat(corrections.mayBegin(start)).isTrue();
    assertThat(corrections.mayBegin(start + 9 * SECOND)).isFalse();
    assertThat(corrections.mayBegin(start + 10 * SECOND)).isTrue();
    assertThat(corrections.mayBegin(start + 11 * SECOND)).isFalse();
  }
}
