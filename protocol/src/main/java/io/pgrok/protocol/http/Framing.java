package io.pgrok.protocol.http;

import java.util.List;
import java.util.regex.Pattern;
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

  /** Digits that surely fit a long. */
  Pattern CONTENT_LENGTH = Pattern.compile("[0-9]{1,18}");

  /**
   * What the head says of a body, null when it says nothing.
   *
   * @throws BadHttpException when it says two things, or one that cannot be understood
   */
  static @Nullable Framing of(Head head) throws BadHttpException {
    String length = head.single("content-length");
    List<Head.Field> codings =
        head.fields().stream().filter(field -> field.is("transfer-encoding")).toList();
    if (!codings.isEmpty() && length != null) {
      throw new BadHttpException("There are both Content-Length and Transfer-Encoding.");
    }
    if (!codings.isEmpty()) {
      // Not as a list: "chunked," is one with an empty element to some, and unknown to others.
      if (codings.size() > 1 || !codings.getFirst().value().equalsIgnoreCase("chunked")) {
        throw new BadHttpException(501, "The only Transfer-Encoding that is understood: chunked.");
      }
      return CHUNKED;
    }
    if (length == null) {
      return null;
    }
    if (!CONTENT_LENGTH.matcher(length).matches()) {
      throw new BadHttpException("Content-Length is not a number of bytes.");
    }
    return new Length(Long.parseLong(length));
  }
}
