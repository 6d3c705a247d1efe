package io.pgrok.agent.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pgrok.protocol.relay.EpollLoops;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event loops and the kind of their sockets: epoll where it loads, NIO elsewhere. */
public final class Network implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Network.class);

  private final EventLoopGroup loops;
  private final Class<? extends SocketChannel> socket;
  private final Class<? extends ServerChannel> serverSocket;

  private Network(
      IoHandlerFactory io,
      Class<? extends SocketChannel> socket,
      Class<? extends ServerChannel> serverSocket) {
    // An agent carries few tunnels; a second loop keeps one busy stream from delaying the others.
    int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 2);
    this.loops =
        new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("agent-io", true), io);
    this.socket = socket;
    this.serverSocket = serverSocket;
  }

  /** Starts the event loops. */
  public static Network open() {
    boolean epoll = Epoll.isAvailable();
    LOG.info("network transport={}", epoll ? "epoll" : "nio");
    return epoll
        ? new Network(
            EpollLoops.newFactory(), EpollSocketChannel.class, EpollServerSocketChannel.class)
        : new Network(
            NioIoHandler.newFactory(), NioSocketChannel.class, NioServerSocketChannel.class);
  }

  /** One of the loops, in turn. */
  public EventLoop nextLoop() {
    return loops.next();
  }

  /** A client whose channels live on the loop. */
  Bootstrap client(EventLoop loop) {
    return new Bootstrap().group(loop).channel(socket);
  }

  /** A server on all loops. */
  public ServerBootstrap server() {
    return new ServerBootstrap().group(loops).channel(serverSocket);
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, Duration.ofSeconds(2).toMillis(), TimeUnit.MILLISECONDS);
  }
}
