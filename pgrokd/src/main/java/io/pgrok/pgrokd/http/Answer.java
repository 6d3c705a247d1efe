package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.pgrok.pgrokd.traffic.Refusal;
import io.pgrok.protocol.http.BadHttpException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer that this server gives itself.
 *
 * @param status 300 to 599
 * @param message one sentence for the person behind the client
 * @param hint what the owner of the tunnel can do, empty for nothing
 * @param fields of the response besides those that tell of its body
 */
record Answer(int status, String message, String hint, Map<String, String> fields) {

  /** A person's browser, a script, or something in between. */
  enum Format {
    HTML("text/html; charset=utf-8"),
    JSON("application/json"),
    TEXT("text/plain; charset=utf-8");

    final String contentType;

    Format(String contentType) {
      this.contentType = contentType;
    }

    /** What the Accept field asks for; plain text where it does not say. */
    static Format of(@Nullable String accept) {
      String lower = accept == null ? "" : accept.toLowerCase(Locale.ROOT);
      if (lower.contains("text/html")) {
        return HTML;
      }
      return lower.contains("application/json") || lower.contains("+json") ? JSON : TEXT;
    }
  }

  static Answer unknownHost(String host) {
    return new Answer(
        404,
        "Tunnel " + host + " not found",
        "Is its agent running, and is the name spelled right?",
        Map.of());
  }

  static Answer passwordRequired() {
    return new Answer(
        401,
        "Authorization required",
        "",
        Map.of("WWW-Authenticate", "Basic realm=\"pgrok\", charset=\"UTF-8\""));
  }

  /** RFC 9110 section 15.5.20: the client opens another connection, and asks there again. */
  static Answer misdirected(String host) {
    return new Answer(
        421,
        "This connection is not for " + host,
        "Its TLS name is another one: ask again on a new connection.",
        Map.of());
  }

  static Answer noProbes() {
    return new Answer(
        404, "The agent of this tunnel answers no probes", "A newer agent does.", Map.of());
  }

  static Answer forbidden(String message, String hint) {
    return new Answer(403, message, hint, Map.of());
  }

  /** Keeps method and body, unlike 301. */
  static Answer moved(String location) {
    return new Answer(308, "This page is at " + location, "", Map.of("Location", location));
  }

  static Answer of(BadHttpException bad) {
    return new Answer(bad.status(), bad.reason(), "", Map.of());
  }

  static Answer gateway(int status, String message, String hint) {
    return new Answer(status, message, hint, Map.of());
  }

  static Answer of(Refusal refusal) {
    return new Answer(
        refusal.status(),
        refusal.sentence(),
        "Try again in a moment.",
        Map.of("Retry-After", String.valueOf(refusal.retryAfterSeconds())));
  }

  /**
   * The whole response.
   *
   * @param head whether it answers a HEAD request, which gets no body
   * @param close whether to tell that the connection ends
   */
  ByteBuf encode(ByteBufAllocator allocator, Format format, boolean head, boolean close) {
    byte[] body = body(format).getBytes(StandardCharsets.UTF_8);
    StringBuilder lines = new StringBuilder(256);
    lines.append("HTTP/1.1 ").append(status).append(' ');
    lines.append(reason()).append("\r\n");
    lines.append("Content-Type: ").append(format.contentType).append("\r\n");
    lines.append("Content-Length: ").append(body.length).append("\r\n");
    lines.append("Cache-Control: no-store\r\n");
    fields.forEach((name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
    if (close) {
      lines.append("Connection: close\r\n");
    }
    lines.append("\r\n");
    ByteBuf out = allocator.buffer(lines.length() + body.length);
    out.writeCharSequence(lines, StandardCharsets.ISO_8859_1);
    return head ? out : out.writeBytes(body);
  }

  private String reason() {
    return HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  String body(Format format) {
    return switch (format) {
      case TEXT -> message + "\n" + (hint.isEmpty() ? "" : hint + "\n");
      case JSON ->
          "{\"status\":%d,\"error\":\"%s\",\"hint\":\"%s\"}\n"
              .formatted(status, json(message), json(hint));
      case HTML -> Page.of(status + " " + reason(), message, hint);
    };
  }

  private static String json(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
