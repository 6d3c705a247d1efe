package io.pgrok.pgrokd.tunnel;

/** No stream to the private service could be had. */
public final class NoStreamException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Nobody carries this tunnel any more. */
    GONE,
    /** The agent did not open a stream in time. */
    TIMEOUT,
    /** Too many visitors wait for this agent already. */
    BUSY
  }

  private final Reason reason;

  public NoStreamException(Reason reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
