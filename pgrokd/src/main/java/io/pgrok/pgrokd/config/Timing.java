package io.pgrok.pgrokd.config;

import io.pgrok.protocol.message.Extension;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long things may take. The classic protocol's figures are the reference's.
 *
 * @param firstMessage from a connection on the tunnel port to its first message, TLS included
 * @param proxyWait for the agent to dial a proxy connection that a visitor waits for
 * @param memberWait the same, until another member of a shared tunnel is asked as well
 * @param proxyStale how long a pooled proxy connection may wait for a visitor
 * @param controlSilence without a message before a classic session is reaped
 * @param heartbeatSilence the same for a session with the extension {@link Extension#HEARTBEAT}
 * @param quiet without a message before visitors of a shared tunnel go to another member
 * @param comeback for which visitors wait for an agent that has gone to return, or another to take
 *     its place; a tenth of it where none is known to have been there
 * @param requestHead from the first byte of a request to the end of its head
 * @param requestBody without a byte of a request's body, be it that none comes or none is taken
 * @param keepAlive from a response to the first byte of the next request
 * @param visitorStall without a visitor taking a byte of the response that waits for it
 * @param handOver from telling agents that the server stops to taking no more visitors, at most:
 *     for agents to go to the next server, and for load balancers to send visitors there. It is
 *     over when the last of them has gone
 * @param drain for visitors to finish when the server stops
 */
public record Timing(
    Duration firstMessage,
    Duration proxyWait,
    Duration memberWait,
    Duration proxyStale,
    Duration controlSilence,
    Duration heartbeatSilence,
    Duration quiet,
    Duration comeback,
    Duration requestHead,
    Duration requestBody,
    Duration keepAlive,
    Duration visitorStall,
    Duration handOver,
    Duration drain) {

  public static final Timing DEFAULT =
      new Timing(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(3),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(Extension.HEARTBEAT_TIMEOUT_SECONDS),
          Duration.ofMillis(4500),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(75),
          Duration.ofSeconds(60),
          Duration.ofSeconds(3),
          Duration.ofSeconds(20));

  /**
   * The defaults, but for those that are given.
   *
   * @param times by name; each is positive
   * @throws IllegalArgumentException naming one that there is not
   */
  static Timing of(Map<String, Duration> times) {
    Map<String, Duration> left = new TreeMap<>(times);
    Timing timing =
        new Timing(
            take(left, "firstMessage", DEFAULT.firstMessage),
            take(left, "proxyWait", DEFAULT.proxyWait),
            take(left, "memberWait", DEFAULT.memberWait),
            take(left, "proxyStale", DEFAULT.proxyStale),
            take(left, "controlSilence", DEFAULT.controlSilence),
            take(left, "heartbeatSilence", DEFAULT.heartbeatSilence),
            take(left, "quiet", DEFAULT.quiet),
            take(left, "comeback", DEFAULT.comeback),
            take(left, "requestHead", DEFAULT.requestHead),
            take(left, "requestBody", DEFAULT.requestBody),
            take(left, "keepAlive", DEFAULT.keepAlive),
            take(left, "visitorStall", DEFAULT.visitorStall),
            take(left, "handOver", DEFAULT.handOver),
            take(left, "drain", DEFAULT.drain));
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "there is no time '%s'; docs/reference/pgrokd.md lists them"
              .formatted(left.keySet().iterator().next()));
    }
    return timing;
  }

  private static Duration take(Map<String, Duration> left, String name, Duration otherwise) {
    Duration given = left.remove(name);
    return given == null ? otherwise : given;
  }
}
