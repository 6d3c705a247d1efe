package io.pgrok.pgrokd.tunnel;

import io.pgrok.pgrokd.auth.Identity;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Who takes visitors to a private service: an agent's session. This is all that a tunnel knows of
 * it, so that streams may come over proxy connections or a multiplexed link alike. Thread-safe.
 */
public interface Carrier {

  /** The session's ClientId. */
  String id();

  Identity identity();

  /** Whether it may hold a name together with other carriers of its identity. */
  boolean shares();

  /** How long nothing has been heard of the agent. */
  Duration silence();

  /** False once the session has ended; it then opens nothing more. */
  boolean isAlive();

  /** Whether its agent answers probes by itself. */
  boolean answersProbes();

  /**
   * Opens a stream to the private service of one tunnel.
   *
   * @param start which tunnel's, and for whom
   * @param patience how long to wait for the agent
   * @return completes on any thread; exceptionally with a {@link NoStreamException}. A stream that
   *     is not wanted any more must be closed by whoever gets it; one that is only waited for is
   *     cancelled.
   */
  CompletableFuture<ByteStream> open(StartProxy start, Duration patience);

  /**
   * A stream of the same tunnel that {@link #keep} was given, now for another visitor. The private
   * service may close it at any moment, as any connection that has served a request.
   *
   * @param rested for how long at most it was used by nobody
   * @return null when there is none
   */
  default @Nullable ByteStream reuse(String url, String visitor, Duration rested) {
    return null;
  }

  /**
   * Takes a stream back that rests between two requests; it is closed when it can serve no other.
   *
   * @param rested for how long it has
   */
  default void keep(String url, ByteStream stream, Duration rested) {
    stream.close();
  }
}
