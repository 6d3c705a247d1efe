package io.pgrok.agent.control;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandler;
import io.pgrok.agent.net.ServerRoute;
import io.pgrok.agent.net.ServerTls;
import io.pgrok.protocol.frame.MessageDecoder;
import io.pgrok.protocol.frame.MessageEncoder;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.Ping;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open control connection. What it receives goes to the session's mailbox; it reads only when
 * told to, so a server that talks faster than the session listens fills no memory.
 */
final class ControlConnection implements AutoCloseable {

  private final Consumer<Event> mailbox;
  private @Nullable Channel channel;
  private boolean left;

  private ControlConnection(Consumer<Event> mailbox) {
    this.mailbox = mailbox;
  }

  /**
   * Dials, with TLS, and waits until that is done.
   *
   * @throws IOException as TCP or TLS failed, unwrapped
   */
  static ControlConnection open(ServerRoute route, EventLoop loop, Consumer<Event> mailbox)
      throws IOException, InterruptedException {
    ControlConnection connection = new ControlConnection(mailbox);
    Initializer initializer = connection.new Initializer(route.tls());
    Channel channel = await(route.dial(loop, initializer));
    connection.channel = channel;
    try {
      await(initializer.handshake());
    } catch (IOException | InterruptedException e) {
      channel.close();
      throw e;
    }
    channel.config().setAutoRead(false);
    return connection;
  }

  /**
   * Sends one message. Each is flushed by itself: the reference reads a payload with one call,
   * which must not end at the border of two TLS records.
   */
  void send(Message message) {
    channel().writeAndFlush(message);
  }

  /** Asks for more messages. Asking again before they came changes nothing. */
  void read() {
    channel().read();
  }

  /** The address that answered; proxy connections go to the same one. */
  SocketAddress remoteAddress() {
    return channel().remoteAddress();
  }

  /**
   * Nobody talks over it any more, but the server shall count it as alive until one side ends it:
   * pings go on, and what it says is dropped.
   */
  void leave() {
    left = true;
    Channel open = channel();
    open.pipeline().replace("mailbox", "left", new Left());
    open.config().setAutoRead(true);
    Future<?> pings =
        open.eventLoop()
            .scheduleAtFixedRate(
                () -> open.writeAndFlush(new Ping()),
                Extension.HEARTBEAT_SECONDS,
                Extension.HEARTBEAT_SECONDS,
                TimeUnit.SECONDS);
    open.closeFuture().addListener(_ -> pings.cancel(false));
  }

  boolean isOpen() {
    return channel().isActive();
  }

  /** Closes in order, and waits a moment for it; one that was left stays. */
  @Override
  public void close() {
    if (!left) {
      end();
    }
  }

  /** Closes it, left or not. */
  void end() {
    channel().close().awaitUninterruptibly(Duration.ofSeconds(2).toMillis());
  }

  private Channel channel() {
    if (channel == null) {
      throw new IllegalStateException("the control connection is not open yet");
    }
    return channel;
  }

  private static <T> T await(io.netty.util.concurrent.Future<T> future)
      throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      future.addListener(late -> {
        if (late.isSuccess() && late.getNow() instanceof Channel open) {
          open.close();
        }
      });
      throw e;
    }
  }

  private final class Initializer extends ChannelInitializer<Channel> {
    private final ServerTls tls;
    private volatile @Nullable SslHandler handler;

    Initializer(ServerTls tls) {
      this.tls = tls;
    }

    /** Of the channel that was dialled; a pipeline that has closed has lost its handlers. */
    io.netty.util.concurrent.Future<Channel> handshake() {
      return Objects.requireNonNull(handler).handshakeFuture();
    }

    @Override
    protected void initChannel(Channel created) {
      SslHandler ssl = tls.newHandler(created.alloc());
      handler = ssl;
      // One record per message, see send().
      ssl.setWrapDataSize(0);
      created
          .pipeline()
          .addLast("tls", ssl)
          .addLast("decoder", new MessageDecoder())
          .addLast("encoder", MessageEncoder.INSTANCE)
          .addLast("mailbox", new Mailbox());
    }
  }

  private static final class Left extends SimpleChannelInboundHandler<Message> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Message message) {}

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
      ctx.close();
    }
  }

  private final class Mailbox extends SimpleChannelInboundHandler<Message> {
    private @Nullable Throwable cause;

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Message message) {
      mailbox.accept(new Event.Received(ControlConnection.this, message));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
      cause = failure;
      ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      mailbox.accept(new Event.Lost(ControlConnection.this, cause));
    }
  }
}
