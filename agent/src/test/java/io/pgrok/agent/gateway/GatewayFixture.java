package io.pgrok.agent.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.pgrok.agent.config.Destination;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.Upstream;
import io.pgrok.agent.net.Dialer;
import io.pgrok.agent.net.Network;
import io.pgrok.protocol.relay.ChannelStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.Function;

/** A door to a gateway: what connects to it is a visitor's stream. */
final class GatewayFixture implements AutoCloseable {

  static final String UNREACHABLE =
      "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

  private final Network network = Network.open();
  private final Channel door;

  GatewayFixture(PrivateAddress address, Upstream upstream) throws InterruptedException {
    this(target -> new Destination.Private(address), upstream);
  }

  GatewayFixture(Function<String, Destination> destinations, Upstream upstream)
      throws InterruptedException {
    ServiceDialer dialer = new ServiceDialer(new Dialer(network));
    door =
        network
            .server()
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel visitor) {
                    EventLoop loop = visitor.eventLoop();
                    Gateway.serve(
                        ChannelStream.over(visitor),
                        loop,
                        destinations,
                        upstream,
                        address ->
                            dialer.dial(
                                address,
                                upstream,
                                new ServiceDialer.Visitor("192.0.2.1:5000", 80),
                                loop),
                        (address, cause, asked) -> Unpooled.copiedBuffer(UNREACHABLE, UTF_8));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sync()
            .channel();
  }

  int port() {
    return ((InetSocketAddress) door.localAddress()).getPort();
  }

  /** A visitor; reads give up after 30 s. */
  Visitor visit() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(30_000);
    return new Visitor(socket);
  }

  record Visitor(Socket socket) implements AutoCloseable {

    Visitor send(String text) throws IOException {
      peer().send(text);
      return this;
    }

    String readTo(String end) throws IOException {
      return peer().readTo(end);
    }

    String readAll() throws IOException {
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }

    private RawService.Peer peer() throws IOException {
      return new RawService.Peer(socket.getInputStream(), socket.getOutputStream());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Override
  public void close() {
    door.close();
    network.close();
  }
}
