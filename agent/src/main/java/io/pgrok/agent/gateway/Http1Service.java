package io.pgrok.agent.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1, over TLS or not; the connection is kept from one exchange to the next. */
final class Http1Service implements Service {

  static final String CODEC = "http";

  private final EventLoop loop;
  private final Supplier<Future<Channel>> dial;
  private @Nullable Channel idle;
  private boolean closed;

  Http1Service(EventLoop loop, Supplier<Future<Channel>> dial) {
    this.loop = loop;
    this.dial = dial;
  }

  @Override
  public boolean canUpgrade() {
    return true;
  }

  @Override
  public Future<Opened> open(ServiceHandler handler) {
    Channel kept = idle;
    idle = null;
    if (kept != null && kept.isActive()) {
      kept.pipeline().replace(IdleHandler.class, ServiceHandler.NAME, handler);
      return loop.newSucceededFuture(new Opened(kept, true));
    }
    Promise<Opened> opened = loop.newPromise();
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
          channel.pipeline().addLast(CODEC, codec()).addLast(ServiceHandler.NAME, handler);
          opened.setSuccess(new Opened(channel, false));
        });
    return opened;
  }

  /** Lenient about line ends, as RFC 9112 section 2.2 allows: some services send a bare LF. */
  private static HttpClientCodec codec() {
    return new HttpClientCodec(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(RequestDecoder.MAX_HEAD)
            .setMaxHeaderSize(RequestDecoder.MAX_HEAD)
            .setMaxChunkSize(RequestDecoder.MAX_HEAD)
            .setStrictLineParsing(false),
        false,
        false);
  }

  @Override
  public void done(Channel channel, boolean whole) {
    if (!whole || closed || !channel.isActive()) {
      channel.close();
      return;
    }
    channel.pipeline().replace(ServiceHandler.NAME, null, new IdleHandler());
    idle = channel;
    // An end that nobody reads would go unnoticed until the next request fails.
    channel.read();
  }

  @Override
  public void close() {
    closed = true;
    if (idle != null) {
      idle.close();
    }
  }

  /** Nothing may come while nothing was asked. */
  private static final class IdleHandler extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object unasked) {
      ReferenceCountUtil.release(unasked);
      ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
