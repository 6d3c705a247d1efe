package io.pgrok.operator.lifetime;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Time spans as people write them: {@code 30m}, {@code 2d12h}. */
final class Span {

  private static final Pattern SPAN =
      Pattern.compile("(?:(\\d{1,4})d)?(?:(\\d{1,5})h)?(?:(\\d{1,6})m)?(?:(\\d{1,7})s)?");

  private Span() {}

  /**
   * @param text as the resource's schema allows it
   * @throws IllegalArgumentException when the schema would not
   */
  static Duration parse(String text) {
    Matcher matcher = SPAN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(text + " is no time span such as 30m, 8h or 2d12h");
    }
    return Duration.ofDays(amount(matcher, 1))
        .plusHours(amount(matcher, 2))
        .plusMinutes(amount(matcher, 3))
        .plusSeconds(amount(matcher, 4));
  }

  private static long amount(Matcher matcher, int unit) {
    return matcher.group(unit) == null ? 0 : Long.parseLong(matcher.group(unit));
  }
}
