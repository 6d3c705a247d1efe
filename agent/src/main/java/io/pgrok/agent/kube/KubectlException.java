package io.pgrok.agent.kube;

import java.io.IOException;

/** {@code kubectl} ended with an error, which it has printed itself. */
final class KubectlException extends IOException {
  private static final long serialVersionUID = 1L;

  KubectlException(int status) {
    super("kubectl ended with status " + status);
  }
}
