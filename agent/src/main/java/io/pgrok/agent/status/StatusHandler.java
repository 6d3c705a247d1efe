package io.pgrok.agent.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;

/** Answers status requests. Each answer but the stream is short; nothing can be changed here. */
public final class StatusHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private final StatusBoard board;

  public StatusHandler(StatusBoard board) {
    this.board = board;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    if (request.decoderResult().isFailure()) {
      answer(ctx, request, HttpResponseStatus.BAD_REQUEST, "text/plain", "not an HTTP request\n");
      return;
    }
    if (!request.method().equals(HttpMethod.GET)) {
      answer(
          ctx,
          request,
          HttpResponseStatus.METHOD_NOT_ALLOWED,
          "text/plain",
          "only GET is served\n");
      return;
    }
    switch (new QueryStringDecoder(request.uri()).path()) {
      case "/healthz" -> answer(ctx, request, HttpResponseStatus.OK, "text/plain", "ok\n");
      case "/api/status" ->
          answer(
              ctx,
              request,
              HttpResponseStatus.OK,
              "application/json",
              StatusJson.write(board.current()));
      case "/api/status/stream" -> stream(ctx);
      default ->
          answer(
              ctx,
              request,
              HttpResponseStatus.NOT_FOUND,
              "text/plain",
              "served here: /healthz /api/status /api/status/stream\n");
    }
  }

  private void stream(ChannelHandlerContext ctx) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set(HttpHeaderNames.CONNECTION, "close");
    ctx.writeAndFlush(head);
    ctx.pipeline().remove("idle");
    ctx.pipeline().addLast("stream", new StatusStream(board));
    ctx.pipeline().remove(this);
  }

  private static void answer(
      ChannelHandlerContext ctx,
      FullHttpRequest request,
      HttpResponseStatus status,
      String type,
      String body) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body.getBytes(UTF_8)));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, type + "; charset=utf-8")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set("x-content-type-options", "nosniff");
    HttpUtil.setContentLength(response, response.content().readableBytes());
    boolean keepAlive = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
    HttpUtil.setKeepAlive(response, keepAlive);
    var sent = ctx.writeAndFlush(response);
    if (!keepAlive) {
      sent.addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
