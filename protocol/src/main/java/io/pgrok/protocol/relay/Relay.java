package io.pgrok.protocol.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;

/** Joins two channels. */
public final class Relay {

  /** Name of the relay's handler in both pipelines. */
  public static final String HANDLER = "relay";

  private Relay() {}

  /**
   * Relays bytes between two active channels until both are closed. What is left in a pipeline in
   * front of the relay (TLS, a tap) sees the bytes too; a codec must be gone before.
   *
   * <p>Plain TCP channels need {@link ChannelOption#ALLOW_HALF_CLOSURE} for half-closed connections
   * to work; TLS channels must not have it, since there {@code FIN} without {@code close_notify} is
   * a truncation. Both must have {@link ChannelOption#AUTO_READ} switched off: the relay asks for
   * each read.
   *
   * <p>May be called on any thread; the channels may live on different event loops.
   *
   * @return succeeds when both channels are closed, never fails
   */
  public static Future<Void> join(Channel left, Channel right) {
    requireManualReads(left);
    requireManualReads(right);
    RelayHandler leftHandler = new RelayHandler(right);
    RelayHandler rightHandler = new RelayHandler(left);
    leftHandler.join(rightHandler);
    left.pipeline().addLast(HANDLER, leftHandler);
    right.pipeline().addLast(HANDLER, rightHandler);
    left.read();
    right.read();

    Promise<Void> closed = left.eventLoop().newPromise();
    left.eventLoop()
        .execute(() -> {
          PromiseCombiner both = new PromiseCombiner(left.eventLoop());
          both.add((Future<?>) left.closeFuture());
          both.add((Future<?>) right.closeFuture());
          both.finish(closed);
        });
    return closed;
  }

  private static void requireManualReads(Channel channel) {
    if (channel.config().isAutoRead()) {
      throw new IllegalArgumentException("a relayed channel must not read by itself: " + channel);
    }
  }
}
