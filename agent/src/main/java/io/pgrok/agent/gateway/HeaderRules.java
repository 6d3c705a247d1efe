package io.pgrok.agent.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.HttpConversionUtil;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.Upstream;
import io.pgrok.agent.config.Upstream.HostHeader;
import java.util.List;
import java.util.Map;

/** What happens to headers on the way. Pure. */
final class HeaderRules {

  /** A note of the h2c codec to its neighbours. */
  private static final CharSequence H2C_STREAM =
      HttpConversionUtil.ExtensionHeaderNames.STREAM_ID.text();

  private HeaderRules() {}

  /**
   * @param upgrade whether the visitor asks for another protocol that the service may grant
   */
  static void toService(
      HttpHeaders headers, Upstream upstream, PrivateAddress service, boolean upgrade) {
    boolean trailers = headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
    List<String> protocols = headers.getAll(HttpHeaderNames.UPGRADE);
    dropHopByHop(headers);
    headers.remove(HttpHeaderNames.TE);
    if (upgrade) {
      headers.set("Connection", HttpHeaderValues.UPGRADE);
      headers.set("Upgrade", protocols);
    } else if (trailers) {
      headers.set("TE", HttpHeaderValues.TRAILERS);
    }
    switch (upstream.host()) {
      case HostHeader.Preserve _ -> {}
      case HostHeader.Rewrite _ -> headers.set("Host", service.authority());
      case HostHeader.Fixed(String value) -> headers.set("Host", value);
    }
    apply(upstream.requestHeaders(), headers);
  }

  static void toVisitor(HttpHeaders headers, Upstream upstream) {
    dropHopByHop(headers);
    headers.remove(H2C_STREAM);
    apply(upstream.responseHeaders(), headers);
  }

  /** RFC 9110 section 7.6.1: also what Connection names. Framing stays: the codecs need it. */
  private static void dropHopByHop(HttpHeaders headers) {
    for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
      for (String named : value.split(",", -1)) {
        String name = named.strip();
        if (!name.isEmpty() && !isFraming(name)) {
          headers.remove(name);
        }
      }
    }
    headers.remove(HttpHeaderNames.CONNECTION);
    headers.remove("keep-alive");
    headers.remove("proxy-connection");
    headers.remove(HttpHeaderNames.UPGRADE);
  }

  private static boolean isFraming(String name) {
    return name.equalsIgnoreCase("content-length")
        || name.equalsIgnoreCase("transfer-encoding")
        || name.equalsIgnoreCase("host");
  }

  private static void apply(Map<String, String> rules, HttpHeaders headers) {
    rules.forEach((name, value) -> {
      if (value.isEmpty()) {
        headers.remove(name);
      } else {
        headers.set(name, value);
      }
    });
  }
}
