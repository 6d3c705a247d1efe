package io.pgrok.agent.control;

/** Where one protocol of a tunnel stands with the server. Times are in ns of a monotonic clock. */
sealed interface Registration {

  /**
   * To be asked for.
   *
   * @param notBefore when
   * @param refusals how often in a row the server has refused it
   * @param error the last refusal; empty when there was none
   */
  record Wanted(long notBefore, int refusals, String error) implements Registration {
    Wanted notBefore(long other) {
      return new Wanted(other, refusals, error);
    }
  }

  /** Asked for, not answered. */
  record Asked(String reqId, int refusals, String error) implements Registration {}

  /** Registered. */
  record Online(String url) implements Registration {}
}
