package io.pgrok.pgrokd.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ByteStream.End;
import io.pgrok.protocol.relay.ChannelStream;

/**
 * A connection that an agent dialled and that has sent its RegProxy. While it waits, the agent has
 * nothing to say on it: bytes or an end mean that it is of no use any more.
 */
public final class ProxyConnection {

  private final ChannelStream stream;

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
            onUseless.run();
            stream.abort();
          }
        });
    stream.read();
  }

  /** Sends StartProxy: from the next byte on the stream is the private service's. */
  ByteStream start(StartProxy start) {
    // The service may speak before the visitor's handler listens.
    stream.pause();
    channel().writeAndFlush(start);
    return stream;
  }

  void close() {
    stream.close();
  }

  void abort() {
    stream.abort();
  }
}
