package io.pgrok.pgrokd.http;

import io.netty.handler.codec.http2.Http2Headers;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Head;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of HTTP/2 as one of HTTP/1.1 (RFC 9113 section 8): what the private service gets, and
 * what is checked by the same rules. Nothing that HTTP/1 would read as a line end, a blank or
 * another field gets through.
 */
final class Http2Request {

  /** Of RFC 8441, which is not announced in our settings. */
  private static final CharSequence PROTOCOL = Http2Headers.PseudoHeaderName.PROTOCOL.value();

  private Http2Request() {}

  /**
   * @param endsHere whether there is no body
   * @throws BadHttpException when it is no request that everybody understands alike
   */
  static RequestHead of(Http2Headers headers, boolean endsHere) throws BadHttpException {
    String method = pseudo(headers.method());
    String path = pseudo(headers.path());
    if (method == null || headers.scheme() == null || path == null) {
      throw new BadHttpException("The request needs :method, :scheme and :path.");
    }
    if (headers.contains(PROTOCOL)) {
      throw new BadHttpException("HTTP/2 asks for no upgrade here.");
    }
    if (!path.startsWith("/") && !path.equals("*")) {
      throw new BadHttpException("The :path is no path.");
    }
    Head.Builder head = new Head.Builder(method + " " + path + " HTTP/1.1");
    String authority = pseudo(headers.authority());
    String host = text(headers.get("host"));
    if (authority != null && host != null && !authority.equalsIgnoreCase(host)) {
      throw new BadHttpException("The :authority and the Host header name different hosts.");
    }
    if (authority != null) {
      head.add("Host", authority);
    }
    fields(headers, head, authority != null);
    boolean hasLength = headers.contains("content-length");
    if (!endsHere && !hasLength) {
      head.add("Transfer-Encoding", "chunked");
    }
    return RequestHead.of(head.build());
  }

  private static void fields(Http2Headers headers, Head.Builder head, boolean hasHost)
      throws BadHttpException {
    StringBuilder cookies = new StringBuilder();
    int count = 0;
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      String name = field.getKey().toString();
      if (name.startsWith(":") || (hasHost && name.equals("host"))) {
        continue;
      }
      if (++count > Head.MAX_FIELDS) {
        throw new BadHttpException(431, "There are more than " + Head.MAX_FIELDS + " headers.");
      }
      String value = checked(name, field.getValue());
      if (name.equals("transfer-encoding") || name.equals("connection") || name.equals("upgrade")) {
        throw new BadHttpException("HTTP/2 has no " + name + ".");
      }
      if (name.equals("cookie")) {
        // RFC 9113 section 8.2.3: split for compression, one field again for HTTP/1.
        cookies.append(cookies.isEmpty() ? "" : "; ").append(value);
      } else {
        head.add(name, value);
      }
    }
    if (!cookies.isEmpty()) {
      head.add("Cookie", cookies.toString());
    }
  }

  /**
   * The end of a chunked body.
   *
   * @param trailers null for none
   */
  static String lastChunk(@Nullable Http2Headers trailers) throws BadHttpException {
    StringBuilder text = new StringBuilder("0\r\n");
    if (trailers != null) {
      for (Map.Entry<CharSequence, CharSequence> field : trailers) {
        String name = field.getKey().toString();
        String value = checked(name, field.getValue());
        text.append(name).append(": ").append(value).append("\r\n");
      }
    }
    return text.append("\r\n").toString();
  }

  private static String checked(String name, CharSequence value) throws BadHttpException {
    if (!Head.isToken(name)) {
      throw new BadHttpException("A header has no valid name.");
    }
    String text = value.toString();
    if (hasControl(text, ' ')) {
      throw new BadHttpException("A header contains a control character.");
    }
    return text.strip();
  }

  private static @Nullable String pseudo(@Nullable CharSequence value) throws BadHttpException {
    String text = text(value);
    // A blank would be read as the end of a part of HTTP/1's request line.
    if (text != null && (text.isEmpty() || hasControl(text, '!'))) {
      throw new BadHttpException("A pseudo-header is empty or holds a blank or control character.");
    }
    return text;
  }

  private static @Nullable String text(@Nullable CharSequence value) {
    return value == null ? null : value.toString();
  }

  private static boolean hasControl(String text, char least) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < least && !(c == '\t' && least == ' ')) || c == 0x7f || c > 0xff) {
        return true;
      }
    }
    return false;
  }
}
