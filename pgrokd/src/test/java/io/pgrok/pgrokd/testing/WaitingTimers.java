package io.pgrok.pgrokd.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Timers of this process' event loops that are held in memory, to see that none outlives what it
 * was set for.
 *
 * @param held how many there were
 */
public record WaitingTimers(long held) {

  private static final String TIMER = "io.netty.util.concurrent.ScheduledFutureTask";

  public static WaitingTimers now() {
    try {
      String classes =
          (String)
              ManagementFactory.getPlatformMBeanServer()
                  .invoke(
                      new ObjectName("com.sun.management:type=DiagnosticCommand"),
                      "gcClassHistogram",
                      new Object[] {new String[0]},
                      new String[] {String[].class.getName()});
      return new WaitingTimers(
          classes
              .lines()
              .map(line -> line.strip().split("\\s+"))
              .filter(columns -> columns.length >= 4 && columns[3].equals(TIMER))
              .mapToLong(columns -> Long.parseLong(columns[1]))
              .sum());
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Waits until no more are held than there were.
   *
   * @param others that may have come meanwhile
   */
  public void awaitBack(int others) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(now().held).isLessThanOrEqualTo(held + others));
  }
}
