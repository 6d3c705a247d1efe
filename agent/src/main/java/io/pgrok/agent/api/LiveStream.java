package io.pgrok.agent.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.pgrok.agent.inspect.Captures;
import io.pgrok.agent.inspect.ExchangeJson;
import io.pgrok.agent.status.StatusBoard;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What is new, as server-sent events, a few a second at most: exchanges that came or changed, and
 * the state of the tunnels. While an event is on its way to a slow reader nothing is queued; the
 * next one tells all that happened meanwhile.
 */
final class LiveStream extends ChannelInboundHandlerAdapter {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long PAUSE_MILLIS = 150;
  private static final long COMMENT_SECONDS = 10;

  /** Where the news come from. */
  record Source(Captures captures, StatusBoard board) {}

  private final Source source;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private @Nullable Runnable endCaptures;
  private StatusBoard.@Nullable Subscription endBoard;
  private @Nullable Future<?> comments;
  private long known;
  private boolean sending;

  private LiveStream(Source source) {
    this.source = source;
  }

  static void begin(ChannelHandlerContext ctx, Source source) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set("X-Content-Type-Options", "nosniff")
        .set(HttpHeaderNames.CONNECTION, "close");
    ctx.writeAndFlush(head);
    ctx.pipeline().remove("idle");
    ctx.pipeline().addLast("live", new LiveStream(source));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    endCaptures = source.captures().onChange(() -> soon(ctx));
    endBoard = source.board().onChange(() -> soon(ctx));
    comments =
        ctx.executor()
            .scheduleAtFixedRate(
                () -> comment(ctx), COMMENT_SECONDS, COMMENT_SECONDS, TimeUnit.SECONDS);
    tell(ctx);
  }

  private void soon(ChannelHandlerContext ctx) {
    if (scheduled.compareAndSet(false, true)) {
      ctx.executor().schedule(() -> tell(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tell(ChannelHandlerContext ctx) {
    scheduled.set(false);
    if (sending) {
      soon(ctx);
      return;
    }
    Captures.News news = source.captures().since(known);
    known = news.version();
    ObjectNode event = JSON.createObjectNode();
    event.put("cleared", news.cleared());
    event.put("paused", news.paused());
    event.put("oldest", news.oldestId());
    ArrayNode exchanges = event.putArray("exchanges");
    news.changed().forEach(capture -> exchanges.add(ExchangeJson.summary(capture)));
    event.set("status", JSON.valueToTree(source.board().current()));
    send(ctx, "data: " + event + "\n\n");
  }

  private void comment(ChannelHandlerContext ctx) {
    if (!sending) {
      send(ctx, ": alive\n\n");
    }
  }

  private void send(ChannelHandlerContext ctx, String event) {
    sending = true;
    ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(event.getBytes(UTF_8))))
        .addListener((ChannelFuture sent) -> sending = false);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object ignored) {
    ReferenceCountUtil.release(ignored);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (endCaptures != null) {
      endCaptures.run();
    }
    if (endBoard != null) {
      endBoard.close();
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
