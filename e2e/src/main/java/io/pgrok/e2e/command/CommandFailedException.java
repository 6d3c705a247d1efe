package io.pgrok.e2e.command;

/** A program ended with another status than 0, or did not end in time. */
public final class CommandFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CommandFailedException(String line, int status, String error) {
    super(
        "`%s` %s%s"
            .formatted(
                line,
                status < 0 ? "was ended" : "ended with status " + status,
                error.isEmpty() ? "" : ": " + error));
  }
}
