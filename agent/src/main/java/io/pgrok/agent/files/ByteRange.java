package io.pgrok.agent.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which bytes of a file are asked for (RFC 9110 section 14). */
sealed interface ByteRange {

  /** All of them: no range, several, or something that is none. */
  record Whole() implements ByteRange {}

  /**
   * Some.
   *
   * @param from the first
   * @param to the last
   */
  record Part(long from, long to) implements ByteRange {}

  /** Those behind its end. */
  record Nothing() implements ByteRange {}

  /** At most 18 digits, which fit a long. */
  Pattern ONE = Pattern.compile("bytes=\\s*(\\d{0,18})\\s*-\\s*(\\d{0,18})\\s*");

  /**
   * @param header the value of Range; null for none
   * @param size of the file
   */
  static ByteRange of(@Nullable String header, long size) {
    Matcher one = ONE.matcher(header == null ? "" : header);
    if (!one.matches() || (one.group(1).isEmpty() && one.group(2).isEmpty())) {
      return new Whole();
    }
    if (one.group(1).isEmpty()) {
      long last = Math.min(size, Long.parseLong(one.group(2)));
      return last == 0 ? new Nothing() : new Part(size - last, size - 1);
    }
    long from = Long.parseLong(one.group(1));
    long to = one.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(one.group(2));
    if (to < from) {
      return new Whole();
    }
    return from >= size ? new Nothing() : new Part(from, Math.min(to, size - 1));
  }
}
