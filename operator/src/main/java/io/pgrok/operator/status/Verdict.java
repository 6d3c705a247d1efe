package io.pgrok.operator.status;

/**
 * Where a resource stands.
 *
 * @param message one sentence for the person who looks at the resource: the root cause and, when it
 *     is theirs to change, what to write instead; no secrets
 */
public record Verdict(Reason reason, String message) {

  /** Conditions hold at most 32 KiB; what a server says is cut long before. */
  private static final int LONGEST = 1000;

  public Verdict {
    message = message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
  }

  public boolean ready() {
    return reason.outcome() == Reason.Outcome.READY;
  }
}
