package io.pgrok.agent.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Head;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Captures as the API tells them. Pure. */
public final class ExchangeJson {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ExchangeJson() {}

  /** What a list shows. */
  public static ObjectNode summary(Capture capture) {
    Capture.Snapshot exchange = capture.snapshot();
    ObjectNode json = JSON.objectNode();
    json.put("id", exchange.id());
    json.put("tunnel", exchange.origin().tunnel());
    json.put("url", exchange.origin().url());
    json.put("started", exchange.startedMillis());
    json.put("method", StartLine.method(exchange.request()));
    json.put("path", StartLine.target(exchange.request()));
    json.put("host", StartLine.field(exchange.request(), "host"));
    json.put("client", client(exchange));
    json.put("phase", exchange.phase().name().toLowerCase(Locale.ROOT));
    json.put("requestBytes", exchange.requestBytes());
    json.put("responseBytes", exchange.responseBytes());
    json.put("millis", exchange.totalMillis());
    json.put("replayOf", exchange.replayOf());
    json.put("webSocket", exchange.upgraded());
    json.put("messages", exchange.webSocketMessages());
    Head response = exchange.response();
    json.put("status", response == null ? 0 : status(response));
    json.put("type", response == null ? null : StartLine.field(response, "content-type"));
    return json;
  }

  /** The server tells in X-Forwarded-For who asks; connections carry many visitors. */
  private static String client(Capture.Snapshot exchange) {
    String forwarded = StartLine.field(exchange.request(), "x-forwarded-for");
    return forwarded == null ? exchange.origin().client() : forwarded;
  }

  /**
   * Everything but bodies' bytes beyond what a page can show.
   *
   * @param secrets whether credentials in headers are shown
   */
  public static ObjectNode details(Capture capture, boolean secrets) {
    Capture.Snapshot exchange = capture.snapshot();
    ObjectNode json = summary(capture);
    json.put("target", exchange.origin().target());
    ObjectNode timing = json.putObject("timing");
    timing.put("request", exchange.requestMillis());
    timing.put("firstByte", exchange.firstByteMillis());
    timing.put("total", exchange.totalMillis());
    ObjectNode request = json.putObject("request");
    request.put("version", StartLine.version(exchange.request()));
    request.set("headers", headers(exchange.request(), secrets));
    request.set(
        "body",
        body(
            exchange.request(),
            capture.requestBody(),
            exchange.requestBytes(),
            exchange.requestTruncated()));
    Head head = exchange.response();
    if (head != null) {
      ObjectNode response = json.putObject("response");
      response.put("reason", StartLine.reason(head));
      response.set("headers", headers(head, secrets));
      response.set(
          "body",
          body(
              head,
              capture.responseBody(),
              exchange.responseBytes(),
              exchange.responseTruncated()));
    }
    if (exchange.upgraded()) {
      json.set("webSocketMessages", messages(capture));
    }
    return json;
  }

  /** As people see it: chunks joined, gzip, deflate and br undone. */
  public static byte[] requestBody(Capture capture) {
    return Bodies.decoded(capture.request(), capture.requestBody()).bytes();
  }

  public static byte[] responseBody(Capture capture) {
    Head head = capture.snapshot().response();
    return head == null ? new byte[0] : Bodies.decoded(head, capture.responseBody()).bytes();
  }

  private static ArrayNode headers(Head head, boolean secrets) {
    ArrayNode headers = JSON.arrayNode();
    for (Map.Entry<String, String> header : Headers.of(head, secrets)) {
      headers.addArray().add(header.getKey()).add(header.getValue());
    }
    return headers;
  }

  /** Text where it is text, base64 where it is not. */
  private static ObjectNode body(Head head, byte[] wire, long size, boolean truncated) {
    Bodies.Decoded decoded = Bodies.decoded(head, wire);
    ObjectNode json = JSON.objectNode();
    json.put("size", size);
    json.put("truncated", truncated || decoded.truncated());
    json.put("type", StartLine.field(head, "content-type"));
    ArrayNode undone = json.putArray("decoded");
    decoded.undone().forEach(undone::add);
    if (Bodies.isText(decoded.bytes())) {
      json.put("text", new String(decoded.bytes(), UTF_8));
    } else {
      json.put("base64", Base64.getEncoder().encodeToString(decoded.bytes()));
    }
    return json;
  }

  private static ArrayNode messages(Capture capture) {
    ArrayNode messages = JSON.arrayNode();
    for (WebSocketLog.Entry entry : capture.webSocketMessages()) {
      ObjectNode json = messages.addObject();
      json.put("at", entry.atMillis());
      json.put("fromVisitor", entry.fromVisitor());
      json.put("kind", kind(entry.opcode()));
      json.put("size", entry.size());
      if (Bodies.isText(entry.payload())) {
        json.put("text", new String(entry.payload(), UTF_8));
      } else {
        json.put("base64", Base64.getEncoder().encodeToString(entry.payload()));
      }
    }
    return messages;
  }

  private static String kind(int opcode) {
    return switch (opcode) {
      case 1 -> "text";
      case 2 -> "binary";
      case 8 -> "close";
      case 9 -> "ping";
      case 10 -> "pong";
      default -> "other";
    };
  }

  static int status(@Nullable Head response) {
    try {
      return response == null ? 0 : StartLine.status(response);
    } catch (BadHttpException e) {
      return 0;
    }
  }
}
