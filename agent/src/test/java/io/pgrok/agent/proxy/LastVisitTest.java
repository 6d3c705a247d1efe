package io.pgrok.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastVisitTest {

  private final LastVisit visit = new LastVisit();

  @Test
  void nothingIsToldBeforeTheFirst() {
    assertThat(visit.isNews(100_000)).isFalse();
    assertThat(visit.told(100_000)).isNull();
  }

  @Test
  void theFirstIsToldAtOnceAndTheNextAfterAWhile() {
    visit.visited(100_000);
    assertThat(visit.told(100_000)).isEqualTo(100_000);

    visit.visited(101_000);
    assertThat(visit.told(102_000)).isEqualTo(100_000);
    assertThat(visit.isNews(100_000 + LastVisit.TOLD_EVERY_MILLIS)).isTrue();
    assertThat(visit.told(100_000 + LastVisit.TOLD_EVERY_MILLIS)).isEqualTo(101_000);
  }
}
