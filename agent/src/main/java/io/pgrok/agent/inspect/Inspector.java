package io.pgrok.agent.inspect;

import io.pgrok.protocol.relay.ByteStream;
import org.jspecify.annotations.Nullable;

/**
 * What the agent's visitors pass: it lets some of them be looked at.
 *
 * @param byDefault whether tunnels that say nothing about it are captured
 * @param wanted run when a tunnel's configuration asks for inspection, maybe more than once
 */
public record Inspector(Captures captures, boolean byDefault, Runnable wanted) {

  /** Looks at nothing. */
  public static Inspector none() {
    return new Inspector(new Captures(new Limits(0, 0, 0)), false, () -> {});
  }

  private boolean inspects(@Nullable Boolean wanted) {
    return wanted == null ? byDefault : wanted;
  }

  /**
   * The stream to use instead of the visitor's; null where nobody looks.
   *
   * @param wanted what the tunnel's configuration says; null for nothing
   */
  public @Nullable Tap visit(ByteStream visitor, @Nullable Boolean wanted, Origin origin) {
    return inspects(wanted) ? Tap.on(visitor, new ConnectionRecorder(captures, origin)) : null;
  }
}
