package io.pgrok.pgrokd;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelId;
import io.netty.channel.ChannelOption;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds visitors' connections that take nothing of what waits for them, from look to look, and cuts
 * them off: so do all that look at an answer that they do not read. Confined to one thread.
 */
final class SlowReaders {

  /** Looks at which a connection has taken nothing. */
  static final int LOOKS = 5;

  /**
   * @param waiting bytes that a connection is to take before it is written to again
   * @param looks how often it was seen so, with no less each time
   */
  private record Stuck(long waiting, int looks) {}

  private Map<ChannelId, Stuck> seen = new HashMap<>();

  /** Looks once. */
  void cutOff(Iterable<Channel> visitors) {
    Map<ChannelId, Stuck> stuck = new HashMap<>();
    for (Channel visitor : visitors) {
      long waiting = visitor.bytesBeforeWritable();
      if (waiting > 0) {
        Stuck before = seen.get(visitor.id());
        int looks = before == null || waiting < before.waiting ? 1 : before.looks + 1;
        if (looks >= LOOKS) {
          visitor.eventLoop().execute(() -> abort(visitor));
        } else {
          stuck.put(visitor.id(), new Stuck(waiting, looks));
        }
      }
    }
    seen = stuck;
  }

  void forget() {
    seen = Map.of();
  }

  /** So that what it got does not look complete. */
  private static void abort(Channel visitor) {
    ChannelHandlerContext first = visitor.pipeline().firstContext();
    if (visitor.isOpen() && first != null) {
      visitor.config().setOption(ChannelOption.SO_LINGER, 0);
      first.close();
    }
  }
}
