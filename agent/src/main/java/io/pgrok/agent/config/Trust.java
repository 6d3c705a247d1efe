package io.pgrok.agent.config;

import java.nio.file.Path;

/** Whose word is taken for the server's certificate. */
public sealed interface Trust {

  /**
   * The roots that come with Java, and the development authority of this user's own pgrokd where it
   * exists.
   */
  record SystemRoots() implements Trust {}

  /** Those, and what this machine's own store of authorities holds beyond them. */
  record HostRoots() implements Trust {}

  /** Only these authorities. */
  record PemText(String pem) implements Trust {}

  /** Only the authorities in this file, which is read again for each control connection. */
  record PemFile(Path file) implements Trust {}

  /**
   * PEM text is told from a path by its header.
   *
   * @param base what a path is relative to
   */
  static Trust parse(String pemOrPath, Path base) {
    return pemOrPath.contains("-----BEGIN")
        ? new PemText(pemOrPath)
        : new PemFile(base.resolve(pemOrPath));
  }
}
