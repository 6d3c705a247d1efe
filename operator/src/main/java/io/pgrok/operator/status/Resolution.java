package io.pgrok.operator.status;

import java.util.function.Function;

/** The answer of a decision: a value, or the verdict that stands in its way. */
public sealed interface Resolution<T> {

  record Resolved<T>(T value) implements Resolution<T> {}

  record Blocked<T>(Verdict why) implements Resolution<T> {}

  static <T> Resolution<T> of(T value) {
    return new Resolved<>(value);
  }

  static <T> Resolution<T> blocked(Reason reason, String message) {
    return new Blocked<>(new Verdict(reason, message));
  }

  /** The next decision, unless this one is blocked. */
  default <U> Resolution<U> then(Function<? super T, Resolution<U>> next) {
    return switch (this) {
      case Resolved<T>(T value) -> next.apply(value);
      case Blocked<T>(Verdict why) -> new Blocked<>(why);
    };
  }
}
