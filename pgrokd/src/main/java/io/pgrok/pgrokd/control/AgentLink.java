package io.pgrok.pgrokd.control;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.pgrok.protocol.message.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending half of a control connection. Each message is flushed on its own, so that each gets a
 * TLS record of its own: the reference reads a payload with a single Read. Any thread.
 */
record AgentLink(Channel channel) {

  private static final Logger LOG = LoggerFactory.getLogger(AgentLink.class);

  /**
   * Sends a message. An agent that leaves more than a write buffer's worth of messages unread has
   * stopped working, and is disconnected instead.
   */
  void send(Message message) {
    if (channel.isWritable()) {
      channel.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    } else if (channel.isActive()) {
      LOG.warn("the agent does not read its control connection peer={}", channel.remoteAddress());
      channel.close();
    }
  }

  /** Sends a last message and closes. */
  void sendLast(Message message) {
    channel.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE);
  }

  void close() {
    channel.close();
  }
}
