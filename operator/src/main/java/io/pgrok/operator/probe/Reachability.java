package io.pgrok.operator.probe;

import java.time.Duration;

/** What came of asking a public URL. */
public sealed interface Reachability {

  /** The agent answered. */
  record Answered(Duration latency) implements Reachability {}

  /** Visitors do not get through, at least not from here. */
  record Failed(Failure why, String detail) implements Reachability {}

  /** It cannot be told from here. */
  record Unknown(String why) implements Reachability {}

  /** Reasons of condition {@code Reachable} when it is False. */
  enum Failure {
    UNRESOLVABLE("Unresolvable"),
    CONNECT_FAILED("ConnectFailed"),
    TLS_FAILED("TlsFailed"),
    TIMED_OUT("TimedOut"),
    UNEXPECTED_ANSWER("UnexpectedAnswer");

    private final String text;

    Failure(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /**
   * Whether it is worth telling after the one before. A latency that differs a little is not: with
   * thousands of Tunnels each telling is a request to the API server.
   */
  default boolean isNewsAfter(Reachability before) {
    return this instanceof Answered(Duration now) && before instanceof Answered(Duration then)
        ? differs(now.toMillis(), then.toMillis())
        : !equals(before);
  }

  /** Whether visitors got through then as now. */
  default boolean differsInLatencyOnly(Reachability before) {
    return this instanceof Answered && before instanceof Answered;
  }

  private static boolean differs(long millis, long before) {
    long least = Math.min(millis, before);
    long most = Math.max(millis, before);
    return most > 2 * least && most - least > 100;
  }
}
