package io.pgrok.agent.status;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.net.Network;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Serves the status over HTTP, to a bounded number of readers. */
public final class StatusServer implements AutoCloseable {

  /** The operator's replicas, a probe, a curious person or two. */
  private static final int MAX_CONNECTIONS = 64;

  private static final int IDLE_SECONDS = 60;

  private final StatusBoard board;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final InetSocketAddress address;

  private StatusServer(StatusBoard board, Network network, HostPort listen, boolean anyAddress)
      throws IOException, InterruptedException {
    this.board = board;
    InetSocketAddress wanted =
        anyAddress
            ? new InetSocketAddress(listen.port())
            : new InetSocketAddress(listen.host(), listen.port());
    var bound = network.server().childHandler(new Initializer()).bind(wanted).await();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on %s (-statusaddr): %s".formatted(wanted, bound.cause().getMessage()),
          bound.cause());
    }
    channels.add(bound.channel());
    this.address = (InetSocketAddress) bound.channel().localAddress();
  }

  /**
   * Begins to listen.
   *
   * @param listen {@code :4041} for every address, {@code host:port} for one
   */
  public static StatusServer start(StatusBoard board, Network network, String listen)
      throws IOException, InterruptedException {
    boolean anyAddress = listen.startsWith(":");
    return new StatusServer(board, network, HostPort.parse(listen, "127.0.0.1"), anyAddress);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    channels.close();
  }

  private final class Initializer extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      if (channels.size() > MAX_CONNECTIONS) {
        channel.close();
        return;
      }
      channels.add(channel);
      channel
          .pipeline()
          .addLast("idle", new ReadTimeoutHandler(IDLE_SECONDS))
          .addLast("http", new HttpServerCodec())
          .addLast("whole", new HttpObjectAggregator(8 * 1024, true))
          .addLast("status", new StatusHandler(board));
    }
  }
}
