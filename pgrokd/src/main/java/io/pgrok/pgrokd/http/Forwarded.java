package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgrok.protocol.http.Framing;
import io.pgrok.protocol.http.Head;
import io.pgrok.protocol.message.Unserved;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Heads as they are passed on: without what concerns one connection only (RFC 9110 section 7.6.1),
 * and with what the private service must know of the visitor in place of what the visitor claims.
 */
final class Forwarded {

  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "upgrade");

  /** Never dropped because a Connection field names them: they say what a message is. */
  private static final Set<String> ESSENTIAL =
      Set.of("host", "content-length", "transfer-encoding", "content-type", "set-cookie");

  /** Between agent and server only. */
  private static final String UNSERVED = Unserved.HEADER.toLowerCase(Locale.ROOT);

  private Forwarded() {}

  static ByteBuf request(ByteBufAllocator allocator, RequestHead request, Origin origin) {
    ByteBuf out = allocator.buffer(1024);
    text(out, request.method(), " ", request.target(), " HTTP/1.", "" + request.version(), "\r\n");
    boolean hasHost = false;
    boolean takesTrailers = false;
    for (Head.Field field : request.head().fields()) {
      hasHost |= field.is("host");
      takesTrailers |= field.is("te") && isTrailers(field.value());
      if (!isHopByHop(field, request.connection()) && !isClaim(field.lowerName())) {
        copy(request.head(), field, request.framing(), out);
      }
    }
    if (!hasHost) {
      text(out, "Host: ", request.authority(), "\r\n");
    }
    if (request.upgrade() != null) {
      text(out, "Connection: Upgrade\r\nUpgrade: ", request.upgrade(), "\r\n");
    } else if (takesTrailers && request.version() > 0) {
      // Ours to say: we pass trailers on. gRPC services insist on it.
      text(out, "Connection: TE\r\nTE: trailers\r\n");
    }
    text(out, "X-Forwarded-For: ", origin.chain(), "\r\n");
    text(out, "X-Forwarded-Proto: ", origin.protocol(), "\r\n");
    text(out, "X-Forwarded-Host: ", origin.host(), "\r\n");
    text(out, "Forwarded: ", origin.forwarded(), "\r\n\r\n");
    return out;
  }

  private static boolean isTrailers(String te) {
    return te.toLowerCase(Locale.ROOT).contains("trailers");
  }

  /** As it came; what says where the message ends in the one spelling that all read alike. */
  private static void copy(Head head, Head.Field field, Framing framing, ByteBuf out) {
    switch (framing) {
      case Framing.Length(long bytes) when field.is("content-length") ->
          text(out, "Content-Length: ", Long.toString(bytes), "\r\n");
      case Framing.Chunked _ when field.is("transfer-encoding") ->
          text(out, "Transfer-Encoding: chunked\r\n");
      default -> head.copy(field, out);
    }
  }

  /** What only we may say; a service reads an underscore as a hyphen (CGI). */
  static boolean isClaim(String lowerName) {
    String name = lowerName.replace('_', '-');
    return name.startsWith("x-forwarded-") || name.equals("forwarded") || name.equals("x-real-ip");
  }

  /**
   * @param connection {@code close}, {@code keep-alive} or empty: what to tell the visitor
   */
  static ByteBuf response(ByteBufAllocator allocator, ResponseHead response, String connection) {
    ByteBuf out = allocator.buffer(1024);
    text(out, "HTTP/1.1 ", "" + response.status(), " ", response.reason(), "\r\n");
    for (Head.Field field : response.head().fields()) {
      if (isPassedOn(field, response)) {
        copy(response.head(), field, response.framing(), out);
      }
    }
    if (response.status() == 101 && response.upgrade() != null) {
      text(out, "Connection: Upgrade\r\nUpgrade: ", response.upgrade(), "\r\n");
    } else if (!connection.isEmpty()) {
      text(out, "Connection: ", connection, "\r\n");
    }
    text(out, "\r\n");
    return out;
  }

  /** Whether a visitor gets to see a field of an answer. */
  static boolean isPassedOn(Head.Field field, ResponseHead response) {
    return !isHopByHop(field, response.connection())
        && !field.is(UNSERVED)
        && !(response.neverHasBody()
            && (field.is("content-length") || field.is("transfer-encoding")));
  }

  private static boolean isHopByHop(Head.Field field, List<String> named) {
    return isHopByHop(field.lowerName())
        || (named.contains(field.lowerName()) && !ESSENTIAL.contains(field.lowerName()));
  }

  static boolean isHopByHop(String lowerName) {
    return HOP_BY_HOP.contains(lowerName);
  }

  private static void text(ByteBuf out, String... parts) {
    for (String part : parts) {
      out.writeCharSequence(part, StandardCharsets.ISO_8859_1);
    }
  }
}
