package io.pgrok.agent.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer.
 *
 * @param type media type
 * @param fileName under which a browser saves it; null to show it
 */
record Answer(HttpResponseStatus status, String type, byte[] body, @Nullable String fileName) {

  /** Nothing but our own files runs in the page, and nobody else may frame or embed it. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  static Answer json(JsonNode json) {
    return json(HttpResponseStatus.OK, json);
  }

  static Answer json(HttpResponseStatus status, JsonNode json) {
    return new Answer(status, "application/json", json.toString().getBytes(UTF_8), null);
  }

  static Answer text(HttpResponseStatus status, String text) {
    return new Answer(status, "text/plain; charset=utf-8", text.getBytes(UTF_8), null);
  }

  static Answer empty() {
    return new Answer(HttpResponseStatus.NO_CONTENT, "", new byte[0], null);
  }

  void send(ChannelHandlerContext ctx, boolean keepAlive) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    if (!type.isEmpty()) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
    }
    if (fileName != null) {
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"" + fileName + "\"");
    }
    response
        .headers()
        .set("Content-Security-Policy", POLICY)
        .set("X-Content-Type-Options", "nosniff")
        .set("Referrer-Policy", "no-referrer")
        .set("Cross-Origin-Resource-Policy", "same-origin")
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    HttpUtil.setContentLength(response, body.length);
    HttpUtil.setKeepAlive(response, keepAlive);
    var sent = ctx.writeAndFlush(response);
    if (!keepAlive) {
      sent.addListener(ChannelFutureListener.CLOSE);
    }
  }
}
