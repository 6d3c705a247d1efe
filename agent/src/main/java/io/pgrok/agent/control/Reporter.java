package io.pgrok.agent.control;

import io.pgrok.agent.config.SessionSpec;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells how a session stands, once for changes that come together. On the session's thread. */
final class Reporter {

  /** A report says everything: a thousand answers of the server must not become a thousand. */
  private static final Duration BETWEEN_REPORTS = Duration.ofMillis(50);

  /** Of thousands of tunnels each report is work, here and for who reads it. */
  private static final Duration FOR_EACH_TUNNEL = Duration.ofNanos(40_000);

  private final Consumer<AgentStatus.Session> status;
  private SessionState state = SessionState.CONNECTING;
  private @Nullable String error;
  private @Nullable String configError;
  private AgentStatus.@Nullable Session told;
  private boolean changed = true;
  private long next;
  private boolean asked;
  private long answersDue;

  /**
   * @param now in {@link System#nanoTime}, as all times here
   */
  Reporter(Consumer<AgentStatus.Session> status, long now) {
    this.status = status;
    this.next = now;
    this.answersDue = now;
  }

  void became(SessionState now, @Nullable String why) {
    state = now;
    error = why;
    changed = true;
  }

  /**
   * @param why the newest configuration cannot be used; null when it can
   */
  void misconfigured(@Nullable String why) {
    configError = why;
    changed = true;
  }

  boolean hasBeenRefused() {
    return state == SessionState.REFUSED;
  }

  /** A tunnel's standing is another one. */
  void changed() {
    changed = true;
  }

  /** The server was asked for something: what it answers at once is told in the same report. */
  void asked(long now) {
    changed = true;
    if (!asked) {
      asked = true;
      answersDue = now + BETWEEN_REPORTS.toNanos();
    }
  }

  /**
   * @param awaits whether some answer of the server has not come
   */
  boolean isDue(long now, boolean awaits) {
    return now - next >= 0 && (!awaits || now - answersDue >= 0);
  }

  /** When there is something to tell; never later than the given time. */
  long nextCheck(long latest, boolean awaits) {
    if (!changed) {
      return latest;
    }
    return Math.min(latest, awaits && answersDue - next > 0 ? answersDue : next);
  }

  void tell(SessionSpec spec, Tunnels tunnels, long now) {
    long millis = System.currentTimeMillis();
    if (!changed && !tunnels.isVisitNews(millis)) {
      return;
    }
    changed = false;
    asked = false;
    AgentStatus.Session report =
        new AgentStatus.Session(
            spec.name(),
            spec.link().server().toString(),
            state,
            error,
            configError,
            Report.of(tunnels.standings(millis)));
    if (told == null || !report.equals(told)) {
      told = report;
      next = now + pause(report.tunnels().size()).toNanos();
      status.accept(report);
    }
  }

  private static Duration pause(int tunnels) {
    Duration fair = FOR_EACH_TUNNEL.multipliedBy(tunnels);
    return fair.compareTo(BETWEEN_REPORTS) > 0 ? fair : BETWEEN_REPORTS;
  }
}
