package io.pgrok.pgrokd.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.pgrok.protocol.relay.EpollLoops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MovingTest {

  static Stream<Arguments> transports() {
    return Stream.of(
        Arguments.of(EpollLoops.newFactory(), EpollServerSocketChannel.class),
        Arguments.of(NioIoHandler.newFactory(), NioServerSocketChannel.class));
  }

  @ParameterizedTest
  @MethodSource("transports")
  void whatComesOnTheWayArrivesOnTheOtherEventLoop(
      IoHandlerFactory io, Class<? extends ServerChannel> type) throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, io);
    CompletableFuture<EventLoop> arrived = new CompletableFuture<>();
    CompletableFuture<EventLoop> left = new CompletableFuture<>();
    try {
      Channel server =
          new ServerBootstrap()
              .group(group)
              .channel(type)
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      left.complete(channel.eventLoop());
                      channel.pipeline().addLast(new First(group, arrived));
                    }
                  })
              .bind(InetAddress.getLoopbackAddress(), 0)
              .sync()
              .channel();
      InetSocketAddress address = (InetSocketAddress) server.localAddress();
      try (Socket client = new Socket(address.getAddress(), address.getPort())) {
        assertThat(echo(client, ">early", "early")).isEqualTo("early");
        assertThat(echo(client, "later", "later")).isEqualTo("later");
      }
      assertThat(arrived.get(10, TimeUnit.SECONDS)).isNotSameAs(left.get());
    } finally {
      group.shutdownGracefully();
    }
  }

  private static String echo(Socket client, String said, String expected) throws IOException {
    client.getOutputStream().write(said.getBytes(US_ASCII));
    return new String(client.getInputStream().readNBytes(expected.length()), US_ASCII);
  }

  /** Moves its channel when the first bytes come, and hands on what follows the first of them. */
  private static final class First extends ChannelInboundHandlerAdapter {

    private final EventLoopGroup group;
    private final CompletableFuture<EventLoop> arrived;

    First(EventLoopGroup group, CompletableFuture<EventLoop> arrived) {
      this.group = group;
      this.arrived = arrived;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      EventLoop other = group.next();
      while (other == ctx.channel().eventLoop()) {
        other = group.next();
      }
      Moving.to(
          other,
          ctx.channel(),
          channel -> {
            channel.pipeline().addLast(new Echo());
            channel.config().setAutoRead(true);
            arrived.complete(channel.eventLoop());
          });
      ((ByteBuf) message).skipBytes(1);
      ctx.fireChannelRead(message);
      ctx.pipeline().remove(this);
    }
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      assertThat(ctx.channel().eventLoop().inEventLoop()).isTrue();
      ctx.writeAndFlush(message);
    }
  }
}
