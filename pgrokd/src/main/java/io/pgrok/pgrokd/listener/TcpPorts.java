package io.pgrok.pgrokd.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.AttributeKey;
import io.pgrok.pgrokd.tunnel.PublicPorts;
import io.pgrok.pgrokd.tunnel.RefusedException;
import io.pgrok.pgrokd.tunnel.Tunnel;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** The public ports of TCP tunnels. */
public final class TcpPorts implements PublicPorts {

  private static final AttributeKey<Tunnel> TUNNEL = AttributeKey.valueOf(TcpPorts.class, "tunnel");

  private final Transport transport;
  private final String address;
  private final BiConsumer<Tunnel, Channel> onVisitor;
  private final Map<Integer, CompletableFuture<Void>> closing = new ConcurrentHashMap<>();

  /**
   * @param address where the ports listen; empty for all addresses
   * @param onVisitor takes a visitor's channel over, on its event loop
   */
  public TcpPorts(Transport transport, String address, BiConsumer<Tunnel, Channel> onVisitor) {
    this.transport = transport;
    this.address = address;
    this.onVisitor = onVisitor;
  }

  @Override
  public CompletableFuture<PublicPort> open(int port) {
    // A port that is being closed is free a moment later.
    return closing
        .getOrDefault(port, CompletableFuture.completedFuture(null))
        .thenCompose(_ -> bind(port));
  }

  private CompletableFuture<PublicPort> bind(int port) {
    CompletableFuture<PublicPort> result = new CompletableFuture<>();
    ChannelFuture bound =
        transport
            .server(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel visitor) {
                    onVisitor.accept(visitor.parent().attr(TUNNEL).get(), visitor);
                  }
                })
            .option(ChannelOption.AUTO_READ, false)
            .bind(
                address.isEmpty()
                    ? new InetSocketAddress(port)
                    : new InetSocketAddress(address, port));
    bound.addListener(done -> {
      if (done.isSuccess()) {
        result.complete(new Port(bound.channel()));
      } else {
        result.completeExceptionally(
            new RefusedException(
                "The TCP port cannot be opened on this server: "
                    + BindFailure.sentence(String.valueOf(port), done.cause())));
      }
    });
    return result;
  }

  private final class Port implements PublicPort {

    private final Channel server;

    Port(Channel server) {
      this.server = server;
    }

    @Override
    public int number() {
      return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Override
    public void serve(Tunnel tunnel) {
      server.attr(TUNNEL).set(tunnel);
      server.config().setAutoRead(true);
    }

    @Override
    public void close() {
      int port = number();
      CompletableFuture<Void> closed = new CompletableFuture<>();
      closing.put(port, closed);
      server
          .close()
          .addListener(_ -> {
            closing.remove(port, closed);
            closed.complete(null);
          });
    }
  }
}
