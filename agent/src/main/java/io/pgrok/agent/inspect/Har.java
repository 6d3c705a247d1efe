package io.pgrok.agent.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.pgrok.protocol.http.Head;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Captures as an HTTP archive 1.2, which browsers and many tools read. Pure. */
public final class Har {

  private static final String URL_CHARACTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?@!$&'()*+,;=";

  private Har() {}

  /**
   * @param version of the agent
   * @param secrets whether credentials in headers are shown
   */
  public static ObjectNode of(List<Capture> captures, String version, boolean secrets) {
    ObjectNode har = JsonNodeFactory.instance.objectNode();
    ObjectNode log = har.putObject("log");
    log.put("version", "1.2");
    log.putObject("creator").put("name", "pgrok").put("version", version);
    ArrayNode entries = log.putArray("entries");
    for (Capture capture : captures) {
      entry(entries.addObject(), capture, secrets);
    }
    return har;
  }

  private static void entry(ObjectNode json, Capture capture, boolean secrets) {
    Capture.Snapshot exchange = capture.snapshot();
    double total = Math.max(0, exchange.totalMillis());
    double sent = Math.clamp(exchange.requestMillis(), 0, total);
    double waited = Math.clamp(exchange.firstByteMillis(), sent, Math.max(sent, total));
    json.put("startedDateTime", Instant.ofEpochMilli(exchange.startedMillis()).toString());
    json.put("time", total);
    request(json.putObject("request"), capture, exchange, secrets);
    response(json.putObject("response"), capture, exchange, secrets);
    json.putObject("cache");
    json.putObject("timings")
        .put("send", sent)
        .put("wait", waited - sent)
        .put("receive", Math.max(0, total - waited));
    json.put("_tunnel", exchange.origin().tunnel());
    json.put("_client", exchange.origin().client());
  }

  private static void request(
      ObjectNode json, Capture capture, Capture.Snapshot exchange, boolean secrets) {
    Head head = exchange.request();
    String url = url(exchange);
    json.put("method", StartLine.method(head));
    json.put("url", url);
    json.put("httpVersion", StartLine.version(head));
    ArrayNode cookies = json.putArray("cookies");
    String cookie = secrets ? StartLine.field(head, "cookie") : null;
    if (cookie != null) {
      ServerCookieDecoder.LAX
          .decode(cookie)
          .forEach(c -> cookies.addObject().put("name", c.name()).put("value", c.value()));
    }
    headers(json.putArray("headers"), head, secrets);
    ArrayNode query = json.putArray("queryString");
    query(url)
        .forEach((name, values) ->
            values.forEach(value -> query.addObject().put("name", name).put("value", value)));
    if (exchange.requestBytes() > 0) {
      byte[] body = Bodies.decoded(head, capture.requestBody()).bytes();
      ObjectNode post = json.putObject("postData");
      post.put("mimeType", type(head));
      if (Bodies.isText(body)) {
        post.put("text", new String(body, UTF_8));
      } else {
        post.put("text", Base64.getEncoder().encodeToString(body)).put("comment", "base64");
      }
    }
    json.put("headersSize", -1);
    json.put("bodySize", exchange.requestBytes());
  }

  private static Map<String, List<String>> query(String url) {
    try {
      return new QueryStringDecoder(url, UTF_8).parameters();
    } catch (IllegalArgumentException e) {
      // Not every visitor encodes well.
      return Map.of();
    }
  }

  private static String url(Capture.Snapshot exchange) {
    String base = exchange.origin().url();
    String target = StartLine.target(exchange.request());
    return target.startsWith("/") ? base + encoded(target) : base;
  }

  /** What a visitor sent and no URL may hold is encoded as RFC 3986 wants it. */
  private static String encoded(String target) {
    StringBuilder encoded = new StringBuilder(target.length());
    for (int i = 0; i < target.length(); i++) {
      char octet = target.charAt(i);
      boolean allowed =
          octet == '%'
              ? i + 2 < target.length()
                  && isHex(target.charAt(i + 1))
                  && isHex(target.charAt(i + 2))
              : URL_CHARACTERS.indexOf(octet) >= 0;
      if (allowed) {
        encoded.append(octet);
      } else {
        encoded.append("%%%02X".formatted((int) octet));
      }
    }
    return encoded.toString();
  }

  private static boolean isHex(char digit) {
    return Character.digit(digit, 16) >= 0;
  }

  private static void response(
      ObjectNode json, Capture capture, Capture.Snapshot exchange, boolean secrets) {
    Head head = exchange.response();
    json.put("status", ExchangeJson.status(head));
    json.put("statusText", head == null ? "" : StartLine.reason(head));
    json.put("httpVersion", "HTTP/1.1");
    json.putArray("cookies");
    ArrayNode headers = json.putArray("headers");
    ObjectNode content = json.putObject("content");
    if (head == null) {
      content.put("size", 0).put("mimeType", "x-unknown");
      json.put("redirectURL", "");
    } else {
      headers(headers, head, secrets);
      Bodies.Decoded body = Bodies.decoded(head, capture.responseBody());
      content.put("size", body.bytes().length).put("mimeType", type(head));
      if (Bodies.isText(body.bytes())) {
        content.put("text", new String(body.bytes(), UTF_8));
      } else {
        content
            .put("text", Base64.getEncoder().encodeToString(body.bytes()))
            .put("encoding", "base64");
      }
      if (exchange.responseTruncated() || body.truncated()) {
        content.put("comment", "only the beginning was kept");
      }
      json.put("redirectURL", Objects.requireNonNullElse(StartLine.field(head, "location"), ""));
    }
    json.put("headersSize", -1);
    json.put("bodySize", exchange.responseBytes());
  }

  private static void headers(ArrayNode json, Head head, boolean secrets) {
    for (Map.Entry<String, String> header : Headers.of(head, secrets)) {
      json.addObject().put("name", header.getKey()).put("value", header.getValue());
    }
  }

  private static String type(Head head) {
    return Objects.requireNonNullElse(StartLine.field(head, "content-type"), "x-unknown");
  }
}
