package io.pgrok.agent.inspect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Framing;
import io.pgrok.protocol.http.Head;
import org.jspecify.annotations.Nullable;

/**
 * A head as it came. Few are ever looked at, so its fields are read when somebody does; until then
 * one array of bytes is all there is, and only what tells where the message ends is looked for.
 */
final class WireHead {

  private static final byte[] CONTENT_LENGTH = "content-length".getBytes(US_ASCII);
  private static final byte[] TRANSFER_ENCODING = "transfer-encoding".getBytes(US_ASCII);

  private final byte[] bytes;

  private WireHead(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Consumes {@code length} bytes, a whole head with its empty line. */
  static WireHead read(ByteBuf in, int length) {
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return new WireHead(bytes);
  }

  /** Reads the fields, every time anew. One that is not in order has its first line only. */
  Head head() {
    try {
      return strict();
    } catch (BadHttpException e) {
      String line = new String(bytes, ISO_8859_1).lines().findFirst().orElse("");
      return new Head.Builder(line.replaceAll("[\\x00-\\x1f\\x7f]", "")).build();
    }
  }

  private Head strict() throws BadHttpException {
    return Head.read(Unpooled.wrappedBuffer(bytes), bytes.length, Head.Lines.LENIENT);
  }

  boolean isHeadRequest() {
    return startsWith("HEAD ");
  }

  /** Of a response. */
  int status() throws BadHttpException {
    int status = 0;
    for (int i = 9; i < 12 && i < bytes.length; i++) {
      status = isDigit(bytes[i]) ? status * 10 + bytes[i] - '0' : -1000;
    }
    boolean ends = bytes.length > 12 && bytes[12] <= ' ';
    if (!startsWith("HTTP/1.") || bytes[8] != ' ' || status < 100 || !ends) {
      throw new BadHttpException("The status line is not HTTP/1.");
    }
    return status;
  }

  private boolean startsWith(String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      if (i >= bytes.length || bytes[i] != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * What it says of a body, null when it says nothing. One plain Content-Length is understood here,
   * everything else is left to {@link Framing}.
   */
  @Nullable Framing framing() throws BadHttpException {
    long length = -1;
    for (int at = lineEnd(0) + 1; at < bytes.length; at = lineEnd(at) + 1) {
      if (isField(at, TRANSFER_ENCODING)) {
        return Framing.of(strict());
      }
      if (isField(at, CONTENT_LENGTH)) {
        if (length >= 0) {
          return Framing.of(strict());
        }
        length = number(at + CONTENT_LENGTH.length + 1);
        if (length < 0) {
          return Framing.of(strict());
        }
      }
    }
    return length < 0 ? null : new Framing.Length(length);
  }

  /** Looks at every byte on the way: control characters are in no head. */
  private int lineEnd(int from) throws BadHttpException {
    for (int at = from; at < bytes.length; at++) {
      byte octet = bytes[at];
      if (octet == '\n') {
        return at;
      }
      if ((octet >= 0 && octet < ' ' && octet != '\r' && octet != '\t') || octet == 0x7f) {
        throw new BadHttpException("A header contains a control character.");
      }
    }
    return bytes.length;
  }

  private boolean isField(int at, byte[] lowerName) {
    int colon = at + lowerName.length;
    if (colon >= bytes.length || bytes[colon] != ':') {
      return false;
    }
    for (int i = 0; i < lowerName.length; i++) {
      int octet = bytes[at + i];
      if ((octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet) != lowerName[i]) {
        return false;
      }
    }
    return true;
  }

  /** Digits with blanks around them, up to the line's end; -1 for anything else. */
  private long number(int from) {
    int at = from;
    while (bytes[at] == ' ' || bytes[at] == '\t') {
      at++;
    }
    long number = 0;
    int first = at;
    while (isDigit(bytes[at]) && at - first < Framing.MAX_DIGITS) {
      number = number * 10 + bytes[at++] - '0';
    }
    boolean some = at > first;
    while (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r') {
      at++;
    }
    return some && bytes[at] == '\n' ? number : -1;
  }

  private static boolean isDigit(byte octet) {
    return octet >= '0' && octet <= '9';
  }
}
