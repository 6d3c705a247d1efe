package io.pgrok.pgrokd.traffic;

import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, or one TCP connection. Each method is called by one thread at a time,
 * but not all of them by the same.
 */
public interface Visit {

  /** Why it must not be passed on; null when it may. The refusal is to be answered, then ended. */
  @Nullable Refusal refusal();

  /** Bytes of the request's body, or of a raw connection, have come from the visitor. */
  void received(long bytes);

  /** Bytes of the answer's body, or of a raw connection, have gone to the visitor. */
  void sent(long bytes);

  /**
   * It is over. Idempotent: the first call counts.
   *
   * @param status what the visitor was answered; 0 when there was no answer, and for TCP
   * @param whole whether the answer was passed on to its end
   */
  void ended(int status, boolean whole);
}
