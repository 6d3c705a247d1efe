package io.pgrok.pgrokd.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.pgrok.pgrokd.config.ListenAddress;
import io.pgrok.pgrokd.config.StartupException;
import io.pgrok.pgrokd.config.Timing;
import io.pgrok.pgrokd.control.Registrar;
import io.pgrok.pgrokd.control.Sessions;
import io.pgrok.pgrokd.limit.AddressCount;
import io.pgrok.pgrokd.metrics.Metrics;
import io.pgrok.protocol.frame.MessageDecoder;
import io.pgrok.protocol.frame.MessageEncoder;
import java.net.InetSocketAddress;

/**
 * The port for agents: control connections, proxy connections and links, all under TLS. Which of
 * them one is says its first message.
 *
 * @param strangers counts the connections that have not said it yet
 */
public record TunnelPort(
    ServerTls tls,
    Sessions sessions,
    Registrar registrar,
    Timing timing,
    AddressCount strangers,
    Metrics metrics) {

  /**
   * @throws StartupException when the port cannot be opened
   */
  public Listening listen(Transport transport, ListenAddress address) throws StartupException {
    return Listening.on(
        transport
            .server(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
                      channel.close(); // gone before it was accepted
                      return;
                    }
                    if (!strangers.enter(peer.getAddress())) {
                      metrics.agentRefused(Metrics.AgentRefusal.CONNECTIONS);
                      channel.close();
                      return;
                    }
                    channel
                        .pipeline()
                        .addLast("hello", ClientHello.choosing(tls, timing.firstMessage()))
                        .addLast(
                            "handshake",
                            new HandshakeWatch(() -> metrics.handshakeFailed(Metrics.Port.TUNNEL)))
                        .addLast("decoder", new MessageDecoder())
                        .addLast("encoder", MessageEncoder.INSTANCE)
                        .addLast(
                            "first",
                            new FirstMessageHandler(
                                sessions,
                                registrar,
                                timing,
                                transport.threads(),
                                () -> strangers.leave(peer.getAddress())));
                  }
                })
            .childOption(ChannelOption.AUTO_READ, true),
        "-tunnelAddr",
        address);
  }
}
