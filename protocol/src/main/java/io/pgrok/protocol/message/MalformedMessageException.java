package io.pgrok.protocol.message;

/** A peer sent what is no message. Its connection is closed; its text is safe to log. */
public final class MalformedMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Without a stack trace: hostile bytes must not cost more than they have to. */
  public MalformedMessageException(String message) {
    super(message, null, false, false);
  }
}
