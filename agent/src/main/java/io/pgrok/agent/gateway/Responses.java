package io.pgrok.agent.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.pgrok.agent.config.Upstream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** How a response goes to a visitor who speaks HTTP/1. Pure. */
final class Responses {

  private static final String GRPC_STATUS = "grpc-status";

  /** Of a gRPC response that is nothing but its trailers: not theirs. */
  private static final Set<String> OF_THE_MESSAGE =
      Set.of("content-type", "transfer-encoding", "connection", "date", "server");

  private Responses() {}

  /** A whole answer of the agent's own, which closes the connection. */
  static ByteBuf refusal(int status) {
    HttpResponseStatus reason = HttpResponseStatus.valueOf(status);
    String text = "Nothing is published at this path (%s).\n".formatted(reason);
    return Unpooled.copiedBuffer(
        """
        HTTP/1.1 %s\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Length: %d\r
        Cache-Control: no-store\r
        Connection: close\r
        \r
        %s\
        """
            .formatted(reason, text.length(), text),
        UTF_8);
  }

  /** A copy of a 1xx, which has no body and no framing. */
  static FullHttpResponse interim(HttpResponse response) {
    FullHttpResponse copy =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, response.status(), Unpooled.EMPTY_BUFFER);
    copy.headers().add(response.headers());
    copy.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
    copy.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
    copy.headers().remove(HttpHeaderNames.CONNECTION);
    return copy;
  }

  /** A 101 keeps the two headers that make it one. */
  static void keepUpgrade(HttpResponse response, Upstream upstream) {
    List<String> protocols = response.headers().getAll(HttpHeaderNames.UPGRADE);
    HeaderRules.toVisitor(response.headers(), upstream);
    response.headers().set(HttpHeaderNames.UPGRADE, protocols);
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    response.setProtocolVersion(HttpVersion.HTTP_1_1);
  }

  /** The response's first parts, with its end told in a way that the visitor understands. */
  static List<HttpObject> framed(HttpResponse response, Exchange exchange) {
    HttpHeaders headers = response.headers();
    response.setProtocolVersion(HttpVersion.HTTP_1_1);
    int code = response.status().code();
    boolean bodyless = exchange.isHead() || code == 204 || code == 304;
    boolean chunked = HttpUtil.isTransferEncodingChunked(response);
    if (!bodyless && exchange.http10 && (chunked || !HttpUtil.isContentLengthSet(response))) {
      HttpUtil.setTransferEncodingChunked(response, false);
      exchange.keepAlive = false;
    } else if (!bodyless && !chunked && !HttpUtil.isContentLengthSet(response)) {
      HttpUtil.setTransferEncodingChunked(response, true);
    }
    if (!exchange.keepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (exchange.http10) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    if (response instanceof FullHttpResponse full
        && headers.contains(GRPC_STATUS)
        && HttpUtil.isTransferEncodingChunked(response)) {
      return trailersOnly(full);
    }
    return List.of(response);
  }

  /**
   * gRPC may send its status in the only header block there is, with what else its trailers would
   * hold. In HTTP/1 that reads as headers in front of a body, where clients do not look for it: all
   * becomes trailers but what is about the message.
   */
  private static List<HttpObject> trailersOnly(FullHttpResponse full) {
    HttpResponse head =
        new DefaultHttpResponse(full.protocolVersion(), full.status(), full.headers().copy());
    LastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
    for (Map.Entry<String, String> header : full.headers()) {
      if (!OF_THE_MESSAGE.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        last.trailingHeaders().add(header.getKey(), header.getValue());
        head.headers().remove(header.getKey());
      }
    }
    full.release();
    return List.of(head, last);
  }
}
