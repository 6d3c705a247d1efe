package io.pgrok.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReporterTest {

  /** System.nanoTime() may be near its overflow. */
  private static final long START = Long.MAX_VALUE - 1_000;

  private final Reporter reporter = new Reporter(report -> {}, START);

  @Test
  void anAnswerThatComesAtOnceIsToldWithItsRequest() {
    reporter.asked(START);

    assertThat(reporter.isDue(after(1), true)).isFalse();
    assertThat(reporter.isDue(after(1), false)).isTrue();
    assertThat(reporter.nextCheck(after(1_000), true)).isEqualTo(after(50));
  }

  @Test
  void aServerThatDoesNotAnswerKeepsNoReportBack() {
    reporter.asked(START);

    assertThat(reporter.isDue(after(50), true)).isTrue();
  }

  @Test
  void requestAfterRequestKeepsNoReportBack() {
    for (int millis = 0; millis < 50; millis += 10) {
      reporter.asked(after(millis));
    }

    assertThat(reporter.isDue(after(50), true)).isTrue();
  }

  private static long after(int millis) {
    return START + Duration.ofMillis(millis).toNanos();
  }
}
