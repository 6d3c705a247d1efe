package io.pgrok.agent.control;

import org.jspecify.annotations.Nullable;

/** Why a session is not online; the text is for people. */
abstract sealed class SessionFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private SessionFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  String text() {
    return String.valueOf(getMessage());
  }

  /** The server could not be reached, or was lost. */
  static final class Lost extends SessionFailure {
    private static final long serialVersionUID = 1L;

    Lost(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The server does not want this agent: its token, its version. */
  static final class Refused extends SessionFailure {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message, null);
    }
  }

  /** Nothing failed: the next connection is to be made before this one ends. */
  static final class Moves extends SessionFailure {
    private static final long serialVersionUID = 1L;

    Moves(String why) {
      super(why, null);
    }
  }

  /** Nothing failed: the configuration needs a new connection. */
  static final class Renewed extends SessionFailure {
    private static final long serialVersionUID = 1L;

    Renewed() {
      super("the configuration changed", null);
    }
  }
}
