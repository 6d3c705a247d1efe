package io.pgrok.pgrokd.config;

/** The server cannot start. The message is a sentence that names the option or file and the fix. */
public final class StartupException extends Exception {
  private static final long serialVersionUID = 1L;

  public StartupException(String sentence) {
    super(sentence);
  }
}
