package io.pgrok.operator.lifetime;

import io.fabric8.kubernetes.api.model.Condition;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.Labels;
import io.pgrok.operator.status.Conditions;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a Tunnel stands between its creation and its end. Everything is computed from the resource,
 * what agents report and the time, so that a restart of the operator changes nothing.
 *
 * @param idleSince since when nobody visited it, to a tenth of {@code idleAfter}; null when that
 *     does not matter
 * @param expiresAt its end, to the second; null for none
 * @param phase where it stands
 * @param lookAgain when this has to be computed again; empty for never
 * @param remark what is wrong with the annotation that extends it; null when nothing is
 */
public record Lifetime(
    @Nullable Instant idleSince,
    @Nullable Instant expiresAt,
    Phase phase,
    Optional<Duration> lookAgain,
    @Nullable String remark) {

  /** Where it stands. */
  public enum Phase {
    OPEN,
    /** The last tenth of its time, at most an hour: people are warned. */
    ENDING,
    OVER
  }

  private static final int PARTS = 10;
  private static final Duration LONGEST_WARNING = Duration.ofHours(1);

  /** A Tunnel without an end. */
  private static final Lifetime ENDLESS =
      new Lifetime(null, null, Phase.OPEN, Optional.empty(), null);

  /**
   * @param lastVisit that agents report; empty when they know of none
   */
  public static Lifetime of(Tunnel tunnel, Optional<Instant> lastVisit, Instant now) {
    var spec = tunnel.getSpec();
    Duration ttl = span(spec.ttl());
    Duration idleAfter = span(spec.idleAfter());
    if (ttl == null && idleAfter == null) {
      return ENDLESS;
    }
    Instant created = Instant.parse(tunnel.getMetadata().getCreationTimestamp());
    Instant idleSince = idleAfter == null ? null : idleSince(tunnel, created, lastVisit, idleAfter);
    Instant end =
        Stream.of(plus(created, ttl), plus(idleSince, idleAfter))
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElseThrow();
    var extension = Extension.of(tunnel);
    if (extension.until() != null && extension.until().isAfter(end)) {
      end = extension.until();
    }
    end = end.truncatedTo(ChronoUnit.SECONDS);
    Duration warning = warning(ttl, idleAfter);
    return new Lifetime(
        idleSince,
        end,
        phase(end, warning, now),
        lookAgain(end, warning, idleAfter, now),
        extension.remark());
  }

  private static Phase phase(Instant end, Duration warning, Instant now) {
    if (!now.isBefore(end)) {
      return Phase.OVER;
    }
    return now.isBefore(end.minus(warning)) ? Phase.OPEN : Phase.ENDING;
  }

  private static Optional<Duration> lookAgain(
      Instant end, Duration warning, @Nullable Duration idleAfter, Instant now) {
    return Stream.of(end.minus(warning), end, idleAfter == null ? end : now.plus(part(idleAfter)))
        .filter(now::isBefore)
        .min(Comparator.naturalOrder())
        .filter(next -> now.isBefore(end))
        .map(next -> Duration.between(now, next).plusMillis(1));
  }

  /**
   * The latest of what speaks against idleness. It moves in steps, so that a busy tunnel's status
   * is not written with each visit.
   */
  private static Instant idleSince(
      Tunnel tunnel, Instant created, Optional<Instant> lastVisit, Duration idleAfter) {
    Instant before = known(tunnel).filter(created::isBefore).orElse(created);
    Instant latest =
        Stream.of(Optional.of(before), lastVisit, readySince(tunnel))
            .flatMap(Optional::stream)
            .max(Comparator.naturalOrder())
            .orElseThrow()
            .truncatedTo(ChronoUnit.SECONDS);
    return latest.isBefore(before.plus(part(idleAfter))) ? before : latest;
  }

  private static Optional<Instant> known(Tunnel tunnel) {
    return Optional.ofNullable(tunnel.getStatus())
        .flatMap(status -> Optional.ofNullable(status.idleSince()))
        .map(Instant::parse);
  }

  /** Nobody could visit it before. */
  private static Optional<Instant> readySince(Tunnel tunnel) {
    return Optional.ofNullable(tunnel.getStatus())
        .flatMap(status -> Conditions.find(status.conditions(), Conditions.READY))
        .filter(ready -> "True".equals(ready.getStatus()))
        .map(Condition::getLastTransitionTime)
        .map(Instant::parse);
  }

  private static Duration warning(@Nullable Duration ttl, @Nullable Duration idleAfter) {
    return Stream.of(ttl, idleAfter)
        .filter(Objects::nonNull)
        .map(Lifetime::part)
        .reduce(LONGEST_WARNING, (a, b) -> a.compareTo(b) < 0 ? a : b);
  }

  private static Duration part(Duration whole) {
    return whole.dividedBy(PARTS);
  }

  private static @Nullable Duration span(@Nullable String text) {
    return text == null ? null : Span.parse(text);
  }

  private static @Nullable Instant plus(@Nullable Instant start, @Nullable Duration span) {
    return start == null || span == null ? null : start.plus(span);
  }

  /** What the annotation says. */
  private record Extension(@Nullable Instant until, @Nullable String remark) {

    static Extension of(Tunnel tunnel) {
      String text =
          Objects.requireNonNullElse(
                  tunnel.getMetadata().getAnnotations(), Map.<String, String>of())
              .get(Labels.EXTEND);
      if (text == null) {
        return new Extension(null, null);
      }
      try {
        return new Extension(Instant.parse(text.strip()), null);
      } catch (DateTimeParseException e) {
        return new Extension(
            null,
            "annotation %s is ignored: write a time such as 2030-01-31T18:00:00Z"
                .formatted(Labels.EXTEND));
      }
    }
  }
}
