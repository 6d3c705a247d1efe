package io.pgrok.pgrokd.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pgrok.protocol.relay.EpollLoops;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Event loops and the kind of sockets on them: epoll where its native library loads, NIO otherwise;
 * BoringSSL where it loads, the JDK's TLS otherwise.
 */
public final class Transport implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

  /** Of at most 64 KiB each. */
  private static final int READS = 4;

  /** Connections that are accepted before those that there are have their turn. */
  private static final int ACCEPTS = 16;

  private final EventLoopGroup loops;
  private final Class<? extends ServerChannel> serverChannel;
  private final int threads;

  private Transport(
      int threads, EventLoopGroup loops, Class<? extends ServerChannel> serverChannel) {
    this.threads = threads;
    this.loops = loops;
    this.serverChannel = serverChannel;
  }

  /** Starts one event loop for each processor, and says in the log what was chosen. */
  public static Transport start() {
    int threads = Runtime.getRuntime().availableProcessors();
    boolean epoll = Epoll.isAvailable();
    LOG.info(
        "transport={} tls={} threads={}",
        epoll ? "epoll" : "nio",
        sslProvider() == SslProvider.OPENSSL ? OpenSsl.versionString() : "JDK",
        threads);
    DefaultThreadFactory names = new DefaultThreadFactory("pgrokd", true);
    return epoll
        ? new Transport(
            threads,
            new MultiThreadIoEventLoopGroup(threads, names, EpollLoops.newFactory()),
            EpollServerSocketChannel.class)
        : new Transport(
            threads,
            new MultiThreadIoEventLoopGroup(threads, names, NioIoHandler.newFactory()),
            NioServerSocketChannel.class);
  }

  /** How many event loops there are. */
  int threads() {
    return threads;
  }

  public static SslProvider sslProvider() {
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
  }

  /** A server that accepts nothing by itself until it is told to read. */
  ServerBootstrap server(ChannelInitializer<Channel> visitors) {
    return new ServerBootstrap()
        .group(loops)
        .channel(serverChannel)
        .option(ChannelOption.SO_BACKLOG, 1024)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(ACCEPTS))
        .childOption(ChannelOption.AUTO_READ, false)
        .childHandler(visitors);
  }

  /**
   * The same for visitors. Bytes are taken from one in turns that the rest of the way may have no
   * room for: short ones bound what a thousand uploads hold that nobody takes.
   */
  ServerBootstrap visitors(ChannelInitializer<Channel> visitors) {
    return server(visitors)
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(READS));
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
  }
}
