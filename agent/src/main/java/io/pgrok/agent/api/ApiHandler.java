package io.pgrok.agent.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection's requests: guarded, then sorted to whoever answers. */
final class ApiHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);

  private final Guard guard;
  private final Routes routes;
  private final LiveStream.Source live;

  ApiHandler(Guard guard, Routes routes, LiveStream.Source live) {
    this.guard = guard;
    this.routes = routes;
    this.live = live;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request)
      throws IOException {
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    if (request.decoderResult().isFailure()) {
      Answer.text(HttpResponseStatus.BAD_REQUEST, "not an HTTP request\n").send(ctx, false);
      return;
    }
    String refusal = guard.refusal(request.method(), request.headers());
    if (refusal != null) {
      Answer.text(HttpResponseStatus.FORBIDDEN, refusal).send(ctx, false);
      return;
    }
    String path = new QueryStringDecoder(request.uri()).path();
    boolean get = request.method().equals(HttpMethod.GET);
    if (get && path.equals("/api/live")) {
      LiveStream.begin(ctx, live);
      ctx.pipeline().remove(this);
      return;
    }
    CompletableFuture<Answer> answer =
        routes.answer(request.method(), request.uri(), request.content().toString(UTF_8));
    if (answer != null) {
      answer.whenComplete((done, failure) -> {
        if (failure != null) {
          LOG.warn("inspector request failed path={}", path, failure);
          Answer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "that failed\n").send(ctx, false);
        } else {
          done.send(ctx, keepAlive);
        }
      });
      return;
    }
    Answer asset = get ? Assets.find(path) : null;
    if (asset != null) {
      asset.send(ctx, keepAlive);
    } else {
      ctx.fireChannelRead(request.retain());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("inspector connection failed", cause);
    ctx.close();
  }
}
