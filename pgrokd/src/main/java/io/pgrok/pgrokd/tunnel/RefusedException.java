package io.pgrok.pgrokd.tunnel;

/** A tunnel that cannot be had. The message is a sentence for the person who asked for it. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Without a stack trace: this is an answer, not a failure of the server. */
  public RefusedException(String sentence) {
    super(sentence, null, false, false);
  }

  /** The sentence. */
  public String sentence() {
    return String.valueOf(getMessage());
  }

  /** What a peer sent, bounded and without control characters, to be quoted in a sentence. */
  public static String printable(String text) {
    String head = text.length() > 80 ? text.substring(0, 80) + "…" : text;
    return head.replaceAll("\\p{Cntrl}", "?");
  }
}
