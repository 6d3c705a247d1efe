package io.pgrok.pgrokd.kubernetes;

import org.jspecify.annotations.Nullable;

/** The API server could not be asked, or said no. The message names what to do about it. */
sealed class ApiServerException extends Exception {
  private static final long serialVersionUID = 1L;

  ApiServerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Asking again later may help: no connection, overload, a server on its way down or up. */
  static final class Unavailable extends ApiServerException {
    private static final long serialVersionUID = 1L;

    Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
