package io.pgrok.pgrokd.http;

import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Framing;
import io.pgrok.protocol.http.Head;
import io.pgrok.protocol.message.Unserved;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A response's head, understood.
 *
 * @param status 100 to 599
 * @param version minor version of HTTP/1: 0 or 1
 * @param connection what the Connection field lists, lower case
 */
record ResponseHead(
    Head head,
    int version,
    int status,
    String reason,
    Framing framing,
    List<String> connection,
    @Nullable String upgrade) {

  private static final String UNSERVED = Unserved.HEADER.toLowerCase(Locale.ROOT);

  /** Where the status line's parts begin: {@code HTTP/1.1 200 OK}. */
  private static final int VERSION = 7;

  private static final int STATUS = 9;
  private static final int REASON = 13;

  /**
   * @throws BadHttpException when the private service answers something else than HTTP/1
   */
  static ResponseHead of(Head head, RequestHead request) throws BadHttpException {
    String line = head.startLine();
    if (!isStatusLine(line)) {
      throw new BadHttpException("The status line is not HTTP/1.");
    }
    int status = Integer.parseInt(line, STATUS, REASON - 1, 10);
    List<String> upgrades = head.list("upgrade");
    return new ResponseHead(
        head,
        line.charAt(VERSION) - '0',
        status,
        line.length() > REASON ? line.substring(REASON) : "",
        framing(head, request, status),
        head.list("connection"),
        upgrades.size() == 1 ? upgrades.getFirst() : null);
  }

  private static boolean isStatusLine(String line) {
    return line.length() >= REASON - 1
        && line.startsWith("HTTP/1.")
        && isBetween(line.charAt(VERSION), '0', '1')
        && line.charAt(STATUS - 1) == ' '
        && isBetween(line.charAt(STATUS), '1', '5')
        && isBetween(line.charAt(STATUS + 1), '0', '9')
        && isBetween(line.charAt(STATUS + 2), '0', '9')
        && (line.length() == REASON - 1 || line.charAt(REASON - 1) == ' ');
  }

  private static boolean isBetween(char c, char from, char to) {
    return c >= from && c <= to;
  }

  private static Framing framing(Head head, RequestHead request, int status)
      throws BadHttpException {
    Framing said = Framing.of(head);
    if (request.isHead() || neverHasBody(status) || status == 304) {
      return Framing.NONE;
    }
    if (said instanceof Framing.Chunked && request.version() == 0) {
      throw new BadHttpException("The answer to an HTTP/1.0 request is chunked.");
    }
    return said == null ? Framing.UNTIL_CLOSE : said;
  }

  /** Whether it is the agent who says that it has not reached the private service. */
  boolean isUnserved() {
    return status == Unserved.STATUS && head.has(UNSERVED);
  }

  private static boolean neverHasBody(int status) {
    return status < 200 || status == 204;
  }

  /**
   * Whether there is no body, whatever a field says, and none may say it (RFC 9110 section 8.6).
   */
  boolean neverHasBody() {
    return neverHasBody(status);
  }

  /** Whether a body follows by the service's own account that is none (RFC 9112 section 6.3). */
  private boolean contradictsItself() {
    boolean coded = head.has("transfer-encoding");
    return neverHasBody()
        ? coded
            || head.fields().stream()
                .anyMatch(f -> f.is("content-length") && !f.value().equals("0"))
        : coded && version == 0;
  }

  /** Whether the private service keeps its connection for the next request. */
  boolean keepsAlive() {
    return !(framing instanceof Framing.UntilClose)
        && !contradictsItself()
        && (version == 1 ? !connection.contains("close") : connection.contains("keep-alive"));
  }

  boolean isInterim() {
    return status < 200;
  }
}
