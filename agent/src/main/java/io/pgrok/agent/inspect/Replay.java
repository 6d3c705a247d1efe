package io.pgrok.agent.inspect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgrok.protocol.http.Head;
import io.pgrok.protocol.relay.ByteStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks a private service again what a visitor asked, as it was or changed. */
public final class Replay {

  /** Framing and connection are ours: the body is sent whole and the answer ends the connection. */
  private static final Set<String> OURS =
      Set.of(
          "connection", "content-length", "transfer-encoding", "keep-alive", "expect", "trailer");

  private Replay() {}

  /** It cannot be done; the text says why. */
  public static final class ImpossibleException extends Exception {
    private static final long serialVersionUID = 1L;

    ImpossibleException(String why) {
      super(why);
    }
  }

  /**
   * What to ask instead; null for what was asked.
   *
   * @param path with the query
   * @param headers in order; a masked value stands for the one that was captured
   */
  public record Edit(
      @Nullable String method,
      @Nullable String path,
      @Nullable List<Map.Entry<String, String>> headers,
      byte @Nullable [] body) {
    public static final Edit NONE = new Edit(null, null, null, null);
  }

  /**
   * Sends it.
   *
   * @return the id of the new capture, once the request is on its way
   * @throws ImpossibleException when the request is not known well enough, or the edit is no
   *     request
   */
  public static CompletableFuture<Long> start(Captures captures, Capture capture, Edit edit)
      throws ImpossibleException {
    ByteBuf request = Unpooled.wrappedBuffer(request(capture, edit));
    CompletableFuture<Long> begun = new CompletableFuture<>();
    Origin origin = capture.origin();
    ByteStream stream = new ReplayStream(origin.loop(), request);
    ConnectionRecorder recorder =
        new ConnectionRecorder(captures, origin, capture.id(), begun::complete);
    origin.loop().execute(() -> origin.serve().accept(Tap.on(stream, recorder)));
    return begun.orTimeout(10, TimeUnit.SECONDS);
  }

  static byte[] request(Capture capture, Edit edit) throws ImpossibleException {
    Head head = capture.request();
    if (StartLine.field(head, "upgrade") != null) {
      throw new ImpossibleException("an upgrade, such as a WebSocket, cannot be replayed");
    }
    byte[] body = edit.body() == null ? body(capture) : edit.body();
    String method = edit.method() == null ? StartLine.method(head) : edit.method();
    String path = edit.path() == null ? StartLine.target(head) : edit.path();
    if (!Head.isToken(method)) {
      throw new ImpossibleException("method must be a word such as GET");
    }
    if (!path.matches("[!-~]+") || !(path.startsWith("/") || path.equals("*"))) {
      throw new ImpossibleException(
          "path must begin with / and hold printable ASCII without spaces; write %20 for a space");
    }
    StringBuilder text = new StringBuilder();
    text.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    for (Map.Entry<String, String> header : headers(head, edit)) {
      text.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    if (body.length > 0 || !(method.equals("GET") || method.equals("HEAD"))) {
      text.append("Content-Length: ").append(body.length).append("\r\n");
    }
    text.append("Connection: close\r\n\r\n");
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(text.toString().getBytes(ISO_8859_1));
    request.writeBytes(body);
    return request.toByteArray();
  }

  private static byte[] body(Capture capture) throws ImpossibleException {
    if (capture.snapshot().requestTruncated()) {
      throw new ImpossibleException(
          "the request's body was longer than what is kept; give another one to send");
    }
    return Bodies.unframed(capture.request(), capture.requestBody());
  }

  private static List<Map.Entry<String, String>> headers(Head head, Edit edit)
      throws ImpossibleException {
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    if (edit.headers() == null) {
      for (Head.Field field : head.fields()) {
        if (!OURS.contains(field.lowerName())) {
          headers.add(Map.entry(Headers.name(head, field), field.value()));
        }
      }
      return headers;
    }
    for (Map.Entry<String, String> header : edit.headers()) {
      String lowerName = header.getKey().toLowerCase(Locale.ROOT);
      String value = header.getValue();
      if (!Head.isToken(lowerName)) {
        throw new ImpossibleException("'" + header.getKey() + "' is no header's name");
      }
      if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
        throw new ImpossibleException("the value of " + header.getKey() + " must be one line");
      }
      if (value.equals(Headers.MASK)) {
        String captured = StartLine.field(head, lowerName);
        value = captured == null ? "" : captured;
      } else {
        value = new String(value.getBytes(UTF_8), ISO_8859_1);
      }
      if (!OURS.contains(lowerName)) {
        headers.add(Map.entry(header.getKey(), value));
      }
    }
    return headers;
  }
}
