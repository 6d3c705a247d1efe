package io.pgrok.operator.agent;

import io.pgrok.operator.status.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which certificate visitors of a tunnel are shown over https. */
public sealed interface Shown {

  /** The server's, as nothing else is asked for. */
  record Servers() implements Shown {}

  /**
   * The one that the Tunnel names.
   *
   * @param secret that holds it
   * @param until when it ends to be valid
   * @param authority PEM of who issued it, where the Secret says so; null when not
   */
  record Own(String secret, Instant until, @Nullable String authority) implements Shown {}

  /** The server's, since the one that the Tunnel names cannot be used. */
  record Instead(Verdict why) implements Shown {}
}
