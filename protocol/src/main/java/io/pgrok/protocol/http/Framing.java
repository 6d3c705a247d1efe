package io.pgrok.protocol.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the end of a body is known (RFC 9112 section 6). */
public sealed interface Framing {

  /** There is none. */
  record None() implements Framing {}

  /**
   * By its length.
   *
   * @param bytes 0 and more
   */
  record Length(long bytes) implements Framing {}

  /** By its last chunk. */
  record Chunked() implements Framing {}

  /** By the end of the connection; responses only. */
  record UntilClose() implements Framing {}

  Framing NONE = new None();
  Framing CHUNKED = new Chunked();
  Framing UNTIL_CLOSE = new UntilClose();

  /** Digits of a number that surely fits a long. */
  int MAX_DIGITS = 18;

  /**
   * What the head says of a body, null when it says nothing.
   *
   * @throws BadHttpException when it says two things, or one that cannot be understood
   */
  static @Nullable Framing of(Head head) throws BadHttpException {
    String length = head.single("content-length");
    if (head.has("transfer-encoding")) {
      if (length != null) {
        throw new BadHttpException("There are both Content-Length and Transfer-Encoding.");
      }
      List<Head.Field> codings =
          head.fields().stream().filter(field -> field.is("transfer-encoding")).toList();
      // Not as a list: "chunked," is one with an empty element to some, and unknown to others.
      if (codings.size() > 1 || !codings.getFirst().value().equalsIgnoreCase("chunked")) {
        throw new BadHttpException(501, "The only Transfer-Encoding that is understood: chunked.");
      }
      return CHUNKED;
    }
    if (length == null) {
      return null;
    }
    return new Length(bytes(length));
  }

  private static long bytes(String length) throws BadHttpException {
    long number = 0;
    for (int i = 0; i < length.length(); i++) {
      int digit = length.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new BadHttpException("Content-Length is not a number of bytes.");
      }
      number = number * 10 + digit;
    }
    if (length.isEmpty() || length.length() > MAX_DIGITS) {
      throw new BadHttpException("Content-Length is not a number of bytes.");
    }
    return number;
  }
}
