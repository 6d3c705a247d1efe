package io.pgrok.pgrokd.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ByteStream.End;
import io.pgrok.protocol.relay.ChannelStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection that an agent dialled and that has sent its RegProxy. While it waits, the agent has
 * nothing to say on it: bytes or an end mean that it is of no use any more.
 */
public final class ProxyConnection {

  private final ChannelStream stream;
  private @Nullable Future<?> expiry;

  private ProxyConnection(ChannelStream stream) {
    this.stream = stream;
  }

  /**
   * Takes over a channel whose pipeline encodes messages and decodes nothing any more. Call it on
   * the channel's event loop.
   */
  public static ProxyConnection over(Channel channel) {
    return new ProxyConnection(ChannelStream.over(channel));
  }

  Channel channel() {
    return stream.channel();
  }

  /** Watches the waiting connection. */
  void await(Runnable onUseless) {
    stream.listen(
        new ByteStream.Listener() {
          @Override
          public void bytes(ByteBuf bytes) {
            bytes.release();
            useless();
          }

          @Override
          public void readComplete() {
            stream.read();
          }

          @Override
          public void writable() {}

          @Override
          public void end(End end) {
            useless();
          }

          private void useless() {
            waitsNoMore();
            onUseless.run();
            stream.abort();
          }
        });
    stream.read();
  }

  /** Has this run when nobody has taken it by then. Before anybody else gets to see it. */
  void expire(Duration after, Runnable onExpiry) {
    expiry = channel().eventLoop().schedule(onExpiry, after.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void waitsNoMore() {
    if (expiry != null) {
      expiry.cancel(false);
    }
  }

  /** Sends StartProxy: from the next byte on the stream is the private service's. */
  ByteStream start(StartProxy start) {
    waitsNoMore();
    // The service may speak before the visitor's handler listens.
    stream.pause();
    channel().writeAndFlush(start);
    return stream;
  }

  void close() {
    waitsNoMore();
    stream.close();
  }

  void abort() {
    waitsNoMore();
    stream.abort();
  }
}
