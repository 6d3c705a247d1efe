package io.pgrok.agent.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.pgrok.protocol.agent.AgentStatus;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One reader of the status stream. At most one event is on its way to the reader; what changes
 * meanwhile is sent as one newest state after it. A reader that takes nothing is cut off.
 */
final class StatusStream extends ChannelInboundHandlerAdapter {

  /** {@link AgentStatus} promises 15 s. */
  private static final int COMMENT_SECONDS = 10;

  private final StatusBoard board;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private StatusBoard.@Nullable Subscription subscription;
  private @Nullable Future<?> comments;
  private boolean sending;
  private boolean stale;
  private int missedComments;

  StatusStream(StatusBoard board) {
    this.board = board;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    subscription =
        board.onChange(() -> {
          if (scheduled.compareAndSet(false, true)) {
            ctx.executor().execute(() -> changed(ctx));
          }
        });
    comments =
        ctx.executor()
            .scheduleAtFixedRate(
                () -> comment(ctx), COMMENT_SECONDS, COMMENT_SECONDS, TimeUnit.SECONDS);
    changed(ctx);
  }

  private void changed(ChannelHandlerContext ctx) {
    scheduled.set(false);
    if (sending) {
      stale = true;
    } else {
      send(ctx, "data: " + StatusJson.write(board.current()) + "\n\n");
    }
  }

  private void comment(ChannelHandlerContext ctx) {
    if (!sending) {
      missedComments = 0;
      send(ctx, ": alive\n\n");
    } else if (++missedComments > 2) {
      ctx.close();
    }
  }

  private void send(ChannelHandlerContext ctx, String event) {
    sending = true;
    ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(event.getBytes(UTF_8))))
        .addListener((ChannelFuture sent) -> sent(ctx));
  }

  private void sent(ChannelHandlerContext ctx) {
    sending = false;
    if (stale && ctx.channel().isActive()) {
      stale = false;
      changed(ctx);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object ignored) {
    ReferenceCountUtil.release(ignored);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (subscription != null) {
      subscription.close();
    }
    if (comments != null) {
      comments.cancel(false);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
