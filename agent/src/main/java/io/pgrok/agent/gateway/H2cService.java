package io.pgrok.agent.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** HTTP/2 from the first byte on: an exchange is a stream of one kept connection. */
final class H2cService implements Service {

  private static final int WINDOW_BYTES = 256 * 1024;

  private final EventLoop loop;
  private final Supplier<Future<Channel>> dial;
  private @Nullable Channel connection;
  private boolean closed;

  H2cService(EventLoop loop, Supplier<Future<Channel>> dial) {
    this.loop = loop;
    this.dial = dial;
  }

  @Override
  public boolean canUpgrade() {
    return false;
  }

  @Override
  public Future<Opened> open(ServiceHandler handler) {
    Promise<Opened> opened = loop.newPromise();
    if (connection != null && connection.isActive()) {
      stream(connection, true, handler, opened);
      return opened;
    }
    dial.get()
        .addListener(dialled -> {
          if (!dialled.isSuccess()) {
            opened.setFailure(dialled.cause());
            return;
          }
          Channel channel = (Channel) Objects.requireNonNull(dialled.getNow());
          if (closed) {
            channel.close();
          }
          speakHttp2(channel);
          connection = channel;
          stream(channel, false, handler, opened);
        });
    return opened;
  }

  private static void speakHttp2(Channel channel) {
    channel
        .pipeline()
        .addLast(
            Http2FrameCodecBuilder.forClient()
                .initialSettings(
                    Http2Settings.defaultSettings()
                        .pushEnabled(false)
                        .initialWindowSize(WINDOW_BYTES)
                        .maxHeaderListSize(RequestDecoder.MAX_HEAD))
                .build())
        .addLast(new Http2MultiplexHandler(new RefusePushes()))
        .addLast(new ConnectionHandler());
    channel.config().setAutoRead(true);
  }

  private static void stream(
      Channel connection, boolean reused, ServiceHandler handler, Promise<Opened> opened) {
    new Http2StreamChannelBootstrap(connection)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel stream) {
                stream.config().setAutoRead(false);
                stream
                    .pipeline()
                    .addLast(new Http2StreamFrameToHttpObjectCodec(false))
                    .addLast(ServiceHandler.NAME, handler);
              }
            })
        .open()
        .addListener((Future<Http2StreamChannel> stream) -> {
          if (stream.isSuccess()) {
            opened.setSuccess(new Opened(Objects.requireNonNull(stream.getNow()), reused));
          } else {
            connection.close();
            opened.setFailure(stream.cause());
          }
        });
  }

  @Override
  public void done(Channel channel, boolean whole) {
    channel.close();
  }

  @Override
  public void close() {
    closed = true;
    if (connection != null) {
      connection.close();
    }
  }

  /** What concerns the whole connection ends it; its streams hear of that. */
  private static final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      io.netty.util.ReferenceCountUtil.release(frame);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  @io.netty.channel.ChannelHandler.Sharable
  private static final class RefusePushes extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      ctx.close();
    }
  }
}
