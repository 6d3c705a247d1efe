package io.pgrok.agent.kube;

import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A time as people write it: numbers with d, h, m or s, such as {@code 7d} or {@code 1h30m}.
 *
 * @param duration longer than zero, a year at most
 */
record TimeSpan(Duration duration) {

  private static final Pattern WHOLE = Pattern.compile("([0-9]{1,6}[dhms])+");
  private static final Pattern PART = Pattern.compile("([0-9]+)([dhms])");
  private static final Duration LONGEST = Duration.ofDays(366);

  TimeSpan {
    if (!duration.isPositive() || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("it must be longer than nothing and a year at most");
    }
  }

  /**
   * @throws IllegalArgumentException when it is none, saying how it is written
   */
  static TimeSpan parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException("write a time as 30m, 2h, 1h30m or 7d");
    }
    return new TimeSpan(
        PART.matcher(text).results().map(TimeSpan::part).reduce(Duration.ZERO, Duration::plus));
  }

  private static Duration part(MatchResult part) {
    long count = Long.parseLong(part.group(1));
    return switch (part.group(2)) {
      case "d" -> Duration.ofDays(count);
      case "h" -> Duration.ofHours(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofSeconds(count);
    };
  }
}
