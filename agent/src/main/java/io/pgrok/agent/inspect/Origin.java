package io.pgrok.agent.inspect;

import io.netty.channel.EventLoop;
import io.pgrok.protocol.relay.ByteStream;
import java.util.function.Consumer;

/**
 * Where a captured connection came from, and how to ask the same again.
 *
 * @param tunnel its name
 * @param url public URL of the tunnel
 * @param client {@code ip:port} of the visitor
 * @param target the private service, for people
 * @param loop where everything of this tunnel's visitor happens
 * @param serve takes another visitor's stream, which lives on that loop, to the same private
 *     service
 */
public record Origin(
    String tunnel,
    String url,
    String client,
    String target,
    EventLoop loop,
    Consumer<ByteStream> serve) {

  /** The same for another visitor's requests. */
  Origin of(String next) {
    return new Origin(tunnel, url, next, target, loop, serve);
  }
}
