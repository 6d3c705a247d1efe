package io.pgrok.agent.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.pgrok.agent.net.ServerTls;
import io.pgrok.protocol.frame.MessageDecoder;
import io.pgrok.protocol.frame.MessageEncoder;

/** A proxy connection until its visitor comes. */
final class ProxyInitializer extends ChannelInitializer<Channel> {

  static final String DECODER = "decoder";
  static final String ENCODER = "encoder";

  private final ProxyConnections connections;
  private final ServerTls tls;
  private final ProxyPass pass;

  ProxyInitializer(ProxyConnections connections, ServerTls tls, ProxyPass pass) {
    this.connections = connections;
    this.tls = tls;
    this.pass = pass;
  }

  @Override
  protected void initChannel(Channel channel) {
    channel
        .pipeline()
        .addLast("tls", tls.newHandler(channel.alloc()))
        .addLast(DECODER, new MessageDecoder())
        .addLast(ENCODER, MessageEncoder.INSTANCE)
        .addLast("handshake", new ProxyHandshake(connections, pass));
  }
}
