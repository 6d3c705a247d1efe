package io.pgrok.agent.view;

import java.util.ArrayList;
import java.util.List;

/** Text that others wrote, for a terminal of some width. Pure. */
final class Text {

  private static final String CUT = "…";

  private Text() {}

  /** Nothing in it that a terminal would obey. */
  static String harmless(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) || isInvisible(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Such as those that turn the direction of writing. */
  private static boolean isInvisible(int c) {
    int type = Character.getType(c);
    return type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE;
  }

  /** Columns that it takes. */
  static int width(String text) {
    return text.codePoints().map(Text::width).sum();
  }

  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    return isWide(c) ? 2 : 1;
  }

  /** The blocks of Unicode whose characters terminals show in two columns. */
  private static boolean isWide(int c) {
    return (c >= 0x1100 && c <= 0x115f)
        || (c >= 0x2e80 && c <= 0xa4cf)
        || (c >= 0xac00 && c <= 0xd7a3)
        || (c >= 0xf900 && c <= 0xfaff)
        || (c >= 0xfe30 && c <= 0xfe6f)
        || (c >= 0xff00 && c <= 0xff60)
        || (c >= 0xffe0 && c <= 0xffe6)
        || (c >= 0x1f300 && c <= 0x1faff)
        || (c >= 0x20000 && c <= 0x3fffd);
  }

  /** Its beginning, when it is wider. */
  static String clip(String text, int columns) {
    return width(text) <= columns ? text : beginning(text, columns - 1) + CUT;
  }

  private static String beginning(String text, int columns) {
    StringBuilder kept = new StringBuilder();
    int left = columns;
    for (int at = 0; at < text.length(); ) {
      int c = text.codePointAt(at);
      left -= width(c);
      if (left < 0) {
        break;
      }
      kept.appendCodePoint(c);
      at += Character.charCount(c);
    }
    return kept.toString();
  }

  /** Blanks behind it up to a width, or its beginning. */
  static String fit(String text, int columns) {
    String clipped = clip(text, columns);
    return clipped + " ".repeat(Math.max(0, columns - width(clipped)));
  }

  /** Lines of a width at most, broken at blanks where there are any. */
  static List<String> wrap(String text, int columns) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (width(rest) > columns) {
      String line = beginning(rest, columns);
      int blank = rest.charAt(line.length()) == ' ' ? line.length() : line.lastIndexOf(' ');
      int end = blank > 0 ? blank : Math.max(1, line.length());
      lines.add(rest.substring(0, end));
      rest = rest.substring(end).stripLeading();
    }
    lines.add(rest);
    return lines;
  }
}
