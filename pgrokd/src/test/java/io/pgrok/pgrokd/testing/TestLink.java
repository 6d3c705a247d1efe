package io.pgrok.pgrokd.testing;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.pgrok.protocol.frame.MessageEncoder;
import io.pgrok.protocol.message.Message.RegLink;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.mux.MuxLink;
import io.pgrok.protocol.mux.MuxStream;
import io.pgrok.protocol.relay.ChannelStream;
import io.pgrok.protocol.relay.Relay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** A link of a test's agent. Each stream ends in a socket, as it does at a private service. */
final class TestLink implements MuxLink.Acceptor {

  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("test-link", true), NioIoHandler.newFactory());

  /** Type 2 with SYN, as in the yamux specification. */
  private static final byte[] PING = {0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7};

  private final BiConsumer<Socket, StartProxy> visitors;
  private final Map<Integer, StartProxy> starts = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> up = new CompletableFuture<>();
  final List<String> reusedFor = new CopyOnWriteArrayList<>();
  final AtomicInteger gone = new AtomicInteger();
  private final ServerSocket service;
  private final Channel channel;

  /**
   * @param visitors gets each visitor's socket, on a thread of its own
   */
  TestLink(int port, RegLink pass, BiConsumer<Socket, StartProxy> visitors) throws Exception {
    this.visitors = visitors;
    this.service = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
    SslContext tls = new JdkSslContext(TestServer.trust(), true, ClientAuth.NONE);
    channel =
        new Bootstrap()
            .group(LOOPS)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel created) {
                    created
                        .pipeline()
                        .addLast(tls.newHandler(created.alloc(), "localhost", port))
                        .addLast(MessageEncoder.INSTANCE)
                        .addLast(new Opening());
                  }
                })
            .connect(InetAddress.getLoopbackAddress(), port)
            .sync()
            .channel();
    channel.write(pass);
    channel.writeAndFlush(Unpooled.wrappedBuffer(PING));
    up.get(20, TimeUnit.SECONDS);
  }

  /** Waits for the answer to our ping: the server sends visitors from then on. */
  private final class Opening extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf answer = (ByteBuf) message;
      if (answer.readableBytes() != PING.length) {
        throw new IllegalStateException("not the answer to a ping");
      }
      MuxLink.accepting(ctx.channel(), 1000, TestLink.this);
      ctx.pipeline().remove(this);
      up.complete(null);
      answer.release();
    }
  }

  @Override
  public void accepted(MuxStream stream, StartProxy start) {
    EventLoop loop = stream.eventLoop();
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel created) {
                created.config().setAutoRead(false);
              }
            })
        .connect(service.getLocalSocketAddress())
        .addListener((ChannelFuture connected) -> {
          InetSocketAddress local = (InetSocketAddress) connected.channel().localAddress();
          starts.put(local.getPort(), start);
          Relay.join(stream, ChannelStream.over(connected.channel()));
        });
  }

  @Override
  public boolean visitor(MuxStream stream, StartProxy start) {
    reusedFor.add(start.clientAddr());
    return true;
  }

  @Override
  public void gone(MuxStream stream) {
    gone.incrementAndGet();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = service.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket socket) {
    StartProxy start;
    while ((start = starts.remove(socket.getPort())) == null) {
      Thread.onSpinWait(); // our side of the connection is not told of it yet
    }
    visitors.accept(socket, start);
  }

  /** As when the process is stopped: the connection stays, and nobody reads from it. */
  void stopReading() {
    channel.config().setAutoRead(false);
  }

  /** As when the process is killed: no goodbye of TLS. */
  void kill() throws IOException {
    service.close();
    channel
        .eventLoop()
        .execute(() -> {
          if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.pipeline().firstContext().close();
          }
        });
  }
}
