package io.pgrok.protocol.grant;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A name with {@code *} for any run of characters within one DNS label: {@code pr-*}, {@code
 * *.shop.example.com}.
 */
public final class NamePattern {

  private static final Pattern VALID = Pattern.compile("[a-z0-9*-]{1,63}(\\.[a-z0-9*-]{1,63})*");

  private final String text;
  private final String[] pieces;

  private NamePattern(String text) {
    this.text = text;
    this.pieces = text.split("\\*", -1);
  }

  /**
   * @throws IllegalArgumentException when it is neither a name nor a pattern of one
   */
  @JsonCreator
  public static NamePattern of(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.length() > 253 || !VALID.matcher(lower).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no name pattern: write letters, digits, '-', '.' and '*', such as pr-*"
              .formatted(text));
    }
    return new NamePattern(lower);
  }

  /** In time linear in the name for each piece: no pattern makes this slow. */
  public boolean matches(String name) {
    String rest = name.toLowerCase(Locale.ROOT);
    if (pieces.length == 1) {
      return rest.equals(text);
    }
    String first = pieces[0];
    String last = pieces[pieces.length - 1];
    if (!rest.startsWith(first) || rest.length() < first.length() + last.length()) {
      return false;
    }
    rest = rest.substring(first.length());
    for (int i = 1; i < pieces.length - 1; i++) {
      int at = rest.indexOf(pieces[i]);
      if (at < 0 || rest.substring(0, at).indexOf('.') >= 0) {
        return false;
      }
      rest = rest.substring(at + pieces[i].length());
    }
    return rest.endsWith(last) && rest.substring(0, rest.length() - last.length()).indexOf('.') < 0;
  }

  @Override
  @JsonValue
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamePattern pattern && pattern.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
