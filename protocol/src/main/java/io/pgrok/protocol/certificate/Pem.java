package io.pgrok.protocol.certificate;

import java.util.Base64;
import java.util.Optional;

/** The textual form of certificates and keys. */
final class Pem {

  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  static String block(String kind, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, LINES.encodeToString(content), kind);
  }

  /**
   * The content of the first block of a kind; empty when there is none.
   *
   * @throws IllegalArgumentException when that is no base64
   */
  static Optional<byte[]> content(String kind, String text) {
    String begin = "-----BEGIN %s-----".formatted(kind);
    int from = text.indexOf(begin);
    int to = text.indexOf("-----END %s-----".formatted(kind));
    return from < 0 || to < from
        ? Optional.empty()
        : Optional.of(Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to)));
  }
}
