package io.pgrok.pgrokd.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.pgrok.pgrokd.tunnel.PublicPorts;
import io.pgrok.pgrokd.tunnel.RefusedException;
import io.pgrok.pgrokd.tunnel.Tunnel;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** The public ports of TCP tunnels. */
public final class TcpPorts implements PublicPorts, AutoCloseable {

  private static final AttributeKey<Tunnel> TUNNEL = AttributeKey.valueOf(TcpPorts.class, "tunnel");

  private final Transport transport;
  private final String address;
  private final BiConsumer<Tunnel, Channel> onVisitor;
  private final Map<Integer, CompletableFuture<Void>> closing = new ConcurrentHashMap<>();

  /** Closes what is added once it is closed itself. */
  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

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

  private CompletableFuture<PublicPort> bind(int number) {
    CompletableFuture<PublicPort> result = new CompletableFuture<>();
    ChannelFuture bound =
        transport
            .visitors(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel visitor) {
                    onVisitor.accept(visitor.parent().attr(TUNNEL).get(), visitor);
                  }
                })
            .option(ChannelOption.AUTO_READ, false)
            .bind(
                address.isEmpty()
                    ? new InetSocketAddress(number)
                    : new InetSocketAddress(address, number));
    bound.addListener(done -> {
      if (done.isSuccess()) {
        Port port = new Port(bound.channel());
        open.add(bound.channel());
        result.complete(port);
      } else {
        result.completeExceptionally(
            new RefusedException(
                "The TCP port cannot be opened on this server: "
                    + BindFailure.sentence(String.valueOf(number), done.cause())));
      }
    });
    return result;
  }

  /** Takes no more visitors at any port; those that are there stay. */
  @Override
  public void close() {
    open.close();
  }

  private final class Port implements PublicPort {

    private final Channel server;
    private final int number;

    Port(Channel server) {
      this.server = server;
      this.number = ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Override
    public int number() {
      return number;
    }

    @Override
    public void serve(Tunnel tunnel) {
      server.attr(TUNNEL).set(tunnel);
      server.config().setAutoRead(true);
    }

    @Override
    public void close() {
      CompletableFuture<Void> closed = new CompletableFuture<>();
      closing.put(number, closed);
      server
          .close()
          .addListener(_ -> {
            closing.remove(number, closed);
            closed.complete(null);
          });
    }
  }
}
