package io.pgrok.agent.gateway;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Where one request and its response stand. */
final class Exchange {

  final HttpRequest request;
  final Backend backend;
  final ServiceHandler handler;
  final boolean http10;
  final boolean upgrade;

  /** Null until the private service is connected. */
  @Nullable Channel service;

  boolean reused;
  boolean requestDone;
  boolean answered;

  /** The part behind an interim response that says no more than that it is over. */
  boolean interim;

  boolean keepAlive;

  /**
   * @param request as the visitor sent it
   * @param backend the private service that gets it
   */
  Exchange(HttpRequest request, Backend backend, ServiceHandler handler) {
    this.request = request;
    this.backend = backend;
    this.handler = handler;
    this.http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    this.keepAlive = HttpUtil.isKeepAlive(request);
    this.upgrade =
        backend.service().canUpgrade()
            && !http10
            && request.headers().contains(HttpHeaderNames.UPGRADE)
            && request
                .headers()
                .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
  }

  boolean isHead() {
    return request.method().equals(HttpMethod.HEAD);
  }

  /** Whether it may be sent again when nobody knows what became of the first time. */
  boolean isRepeatable() {
    boolean body =
        HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    return !body
        && !upgrade
        && (request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD));
  }

  /** The request's head for the private service, which may change it. */
  HttpRequest head() {
    return new DefaultHttpRequest(
        HttpVersion.HTTP_1_1, request.method(), request.uri(), request.headers().copy());
  }
}
