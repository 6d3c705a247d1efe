package io.pgrok.protocol.http;

/** Bytes that are no acceptable HTTP. The connection they came on is closed. */
public final class BadHttpException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  /** Answered with 400. */
  public BadHttpException(String reason) {
    this(400, reason);
  }

  /**
   * @param status 400 to 599
   * @param reason a sentence for whoever wrote the client; quotes nothing that was sent
   */
  public BadHttpException(int status, String reason) {
    super(reason, null, false, false);
    this.status = status;
  }

  public int status() {
    return status;
  }

  public String reason() {
    return String.valueOf(getMessage());
  }
}
