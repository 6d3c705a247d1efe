package io.pgrok.pgrokd.http;

import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Framing;
import io.pgrok.protocol.http.Head;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request's head, understood.
 *
 * @param target origin-form, or {@code *}: what the private service is asked for
 * @param authority whom the visitor means: the Host, as given
 * @param version minor version of HTTP/1: 0 or 1
 * @param upgrade the protocol asked for with Connection: upgrade, null for none
 * @param connection what the Connection field lists, lower case
 */
record RequestHead(
    Head head,
    String method,
    String target,
    String authority,
    int version,
    Framing framing,
    List<String> connection,
    @Nullable String upgrade) {

  private static final List<String> SAFE = List.of("GET", "HEAD", "OPTIONS", "TRACE");
  private static final List<String> IDEMPOTENT = List.of("PUT", "DELETE");

  /**
   * @throws BadHttpException when it is no request that everybody understands alike
   */
  static RequestHead of(Head head) throws BadHttpException {
    String[] parts = head.startLine().split(" ", -1);
    if (parts.length != 3 || !Head.isToken(parts[0]) || parts[1].isEmpty()) {
      throw new BadHttpException("The request line is not 'METHOD target HTTP/1.1'.");
    }
    int version = version(parts[2]);
    if (parts[0].equals("CONNECT")) {
      throw new BadHttpException("CONNECT is not served here.");
    }
    if (parts[1].indexOf('\t') >= 0) {
      throw new BadHttpException("The request target contains a control character.");
    }
    String host = head.single("host");
    if (host == null && version > 0) {
      throw new BadHttpException("There is no Host header.");
    }
    refuseDisguised(head);
    Target target = Target.of(parts[0], parts[1], host);
    Framing framing = Framing.of(head);
    if (framing instanceof Framing.Chunked && version == 0) {
      throw new BadHttpException("HTTP/1.0 has no Transfer-Encoding.");
    }
    List<String> connection = head.list("connection");
    return new RequestHead(
        head,
        parts[0],
        target.path(),
        target.authority(),
        version,
        framing == null ? Framing.NONE : framing,
        connection,
        upgrade(head, connection, version));
  }

  /** A service that reads an underscore as a hyphen (CGI) would find another end of the request. */
  private static void refuseDisguised(Head head) throws BadHttpException {
    for (Head.Field field : head.fields()) {
      if (field.is("content_length") || field.is("transfer_encoding")) {
        throw new BadHttpException(
            "The header " + field.lowerName() + " is not a name to use here.");
      }
    }
  }

  private static int version(String text) throws BadHttpException {
    return switch (text) {
      case "HTTP/1.1" -> 1;
      case "HTTP/1.0" -> 0;
      default ->
          throw text.matches("HTTP/[0-9]\\.[0-9]")
              ? new BadHttpException(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
              : new BadHttpException("The request line is not 'METHOD target HTTP/1.1'.");
    };
  }

  /** What is asked for and of whom (RFC 9112 section 3.2). */
  private record Target(String path, String authority) {

    static Target of(String method, String target, @Nullable String host) throws BadHttpException {
      if (target.startsWith("/") || (target.equals("*") && method.equals("OPTIONS"))) {
        if (host == null) {
          throw new BadHttpException("There is no Host header.");
        }
        return new Target(target, valid(host));
      }
      int scheme = target.indexOf("://");
      String lower = target.toLowerCase(Locale.ROOT);
      if (scheme < 0 || !(lower.startsWith("http://") || lower.startsWith("https://"))) {
        throw new BadHttpException("The request target is neither a path nor a URL.");
      }
      int start = scheme + 3;
      int end = start;
      while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
        end++;
      }
      String authority = valid(target.substring(start, end));
      if (host != null && !host.equalsIgnoreCase(authority)) {
        throw new BadHttpException("The URL and the Host header name different hosts.");
      }
      String path = target.substring(end);
      return new Target(path.startsWith("/") ? path : "/" + path, authority);
    }

    private static String valid(String authority) throws BadHttpException {
      if (!Authority.isValid(authority)) {
        throw new BadHttpException("The host is not a valid name.");
      }
      return authority;
    }
  }

  private static @Nullable String upgrade(Head head, List<String> connection, int version)
      throws BadHttpException {
    List<String> protocols = head.list("upgrade");
    if (head.has("http2-settings") || protocols.contains("h2c")) {
      // RFC 9113 dropped this way; passed on, it would hide requests from us.
      throw new BadHttpException("An upgrade to HTTP/2 is not served here.");
    }
    return version == 1 && connection.contains("upgrade") && protocols.size() == 1
        ? protocols.getFirst()
        : null;
  }

  /** Whether the visitor wants to keep the connection. */
  boolean wantsKeepAlive() {
    return version == 1 ? !connection.contains("close") : connection.contains("keep-alive");
  }

  /** Whether it asks for nothing but an answer, without any effect. */
  boolean isSafe() {
    return SAFE.contains(method);
  }

  /** Whether it may sign the whole connection in, as NTLM does, not only this request. */
  boolean signsConnectionIn() {
    String authorization = first("authorization");
    return authorization != null
        && (authorization.regionMatches(true, 0, "NTLM", 0, 4)
            || authorization.regionMatches(true, 0, "Negotiate", 0, 9));
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  boolean hasBody() {
    return !(framing instanceof Framing.None)
        && !(framing instanceof Framing.Length(long bytes) && bytes == 0);
  }

  /**
   * Whether services are known that answer such a request without having read its body, and then
   * take that for the next one: nobody may be given their connection.
   */
  boolean isOftenMisread() {
    return hasBody() && (isSafe() || first("expect") != null);
  }

  /** Whether it may be sent a second time when nobody knows what became of the first. */
  boolean isReplayable() {
    return !hasBody() && upgrade == null && (SAFE.contains(method) || IDEMPOTENT.contains(method));
  }

  /** The first value of a field, null when it is missing. */
  @Nullable String first(String lowerName) {
    for (Head.Field field : head.fields()) {
      if (field.is(lowerName)) {
        return field.value();
      }
    }
    return null;
  }
}
