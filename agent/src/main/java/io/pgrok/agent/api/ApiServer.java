package io.pgrok.agent.api;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.inspect.Captures;
import io.pgrok.agent.net.Network;
import io.pgrok.agent.proxy.Traffic;
import io.pgrok.agent.status.StatusBoard;
import io.pgrok.agent.status.StatusHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;

/** Serves the inspector to a bounded number of readers. */
public final class ApiServer implements AutoCloseable {

  /** Where it listens when nobody says anything. */
  public static final String DEFAULT_ADDRESS = "127.0.0.1:4040";

  /** The tunnel that makes it public, when asked for. */
  public static final String PUBLIC_TUNNEL = "inspector";

  private static final int MAX_CONNECTIONS = 64;
  private static final int IDLE_SECONDS = 60;

  /** Ports that are tried behind one that is taken: so many agents on a machine have one each. */
  private static final int PORTS_TRIED = 20;

  /** A body to send again. */
  private static final int MAX_REQUEST = 4 << 20;

  private final Guard guard;
  private final Routes routes;
  private final LiveStream.Source live;
  private final StatusBoard board;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final InetSocketAddress address;

  private ApiServer(
      Captures captures,
      TunnelControl tunnels,
      StatusBoard board,
      Traffic traffic,
      Network network,
      HostPort listen)
      throws IOException, InterruptedException {
    this.guard = new Guard(() -> publicNames(board));
    this.routes = new Routes(captures, tunnels, board, traffic);
    this.live = new LiveStream.Source(captures, board);
    this.board = board;
    this.address = bind(network, listen);
  }

  /**
   * Begins to listen, on the next free port where the one asked for is taken.
   *
   * @throws IOException when none of them is free
   */
  public static ApiServer start(
      Captures captures,
      TunnelControl tunnels,
      StatusBoard board,
      Traffic traffic,
      Network network,
      HostPort listen)
      throws IOException, InterruptedException {
    return new ApiServer(captures, tunnels, board, traffic, network, listen);
  }

  private InetSocketAddress bind(Network network, HostPort listen)
      throws IOException, InterruptedException {
    String why = "";
    for (int port = listen.port(); port < Math.min(listen.port() + PORTS_TRIED, 65536); port++) {
      var bound =
          network
              .server()
              .childHandler(new Initializer())
              .bind(new InetSocketAddress(listen.host(), port))
              .await();
      if (bound.isSuccess()) {
        channels.add(bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
      }
      why = bound.cause().getMessage();
    }
    throw new IOException(
        "the inspector cannot listen on %s or the ports behind it (-inspectaddr): %s"
            .formatted(listen, why));
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /** Its page, for people. */
  public String url() {
    String host =
        address.getAddress().isLoopbackAddress() || address.getAddress().isAnyLocalAddress()
            ? "127.0.0.1"
            : address.getHostString();
    return "http://%s".formatted(new HostPort(host, address.getPort()));
  }

  /** Host names under which visitors of the public inspector come. */
  private static Set<String> publicNames(StatusBoard board) {
    Set<String> names = new HashSet<>();
    board.current().sessions().stream()
        .flatMap(session -> session.tunnels().stream())
        .filter(tunnel -> tunnel.name().equals(PUBLIC_TUNNEL))
        .flatMap(tunnel -> tunnel.urls().stream())
        .forEach(url -> names.add(String.valueOf(URI.create(url).getHost())));
    return names;
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
          .addLast("whole", new HttpObjectAggregator(MAX_REQUEST, true))
          .addLast("api", new ApiHandler(guard, routes, live))
          .addLast("status", new StatusHandler(board));
    }
  }
}
