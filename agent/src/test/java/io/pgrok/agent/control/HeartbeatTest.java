package io.pgrok.agent.control;

import static io.pgrok.agent.control.Heartbeat.Due.GIVE_UP;
import static io.pgrok.agent.control.Heartbeat.Due.NOTHING;
import static io.pgrok.agent.control.Heartbeat.Due.PING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HeartbeatTest {

  /** System.nanoTime() may be near its overflow. */
  private static final long START = Long.MAX_VALUE - 1_000;

  @Test
  void classicServersArePingedEveryTwentySecondsAndGivenFifteenToAnswer() {
    Heartbeat heartbeat = Heartbeat.start(false, START);

    assertThat(heartbeat.check(after(19))).isEqualTo(NOTHING);
    assertThat(heartbeat.check(after(20))).isEqualTo(PING);
    heartbeat.pinged(after(20));
    assertThat(heartbeat.check(after(34))).isEqualTo(NOTHING);
    assertThat(heartbeat.check(after(35))).isEqualTo(GIVE_UP);
  }

  @Test
  void theBriefHeartbeatNoticesALostServerInSixSeconds() {
    Heartbeat heartbeat = Heartbeat.start(true, START);
    heartbeat.pinged(after(2));
    heartbeat.pinged(after(4));
    heartbeat.pinged(after(6));

    assertThat(heartbeat.check(after(7))).isEqualTo(NOTHING);
    assertThat(heartbeat.check(after(8))).isEqualTo(GIVE_UP);
  }

  @Test
  void whateverTheServerSaysKeepsTheSession() {
    Heartbeat heartbeat = Heartbeat.start(true, START);
    heartbeat.pinged(after(2));
    heartbeat.heard();

    assertThat(heartbeat.check(after(8))).isEqualTo(PING);
  }

  @Test
  void saysWhenToLookAgain() {
    Heartbeat heartbeat = Heartbeat.start(false, START);
    assertThat(heartbeat.nextCheck()).isEqualTo(after(20));
    heartbeat.pinged(after(20));
    assertThat(heartbeat.nextCheck()).isEqualTo(after(35));
  }

  private static long after(int seconds) {
    return START + Duration.ofSeconds(seconds).toNanos();
  }
}
