package io.pgrok.protocol.http;

import io.netty.buffer.ByteBuf;

/** Finds where a head ends, however it is cut into pieces; looks at no byte twice. */
public final class HeadEnd {

  /** Longest head, in bytes. */
  public static final int MAX_LENGTH = 64 * 1024;

  private int scanned;
  private int lineStart;

  /**
   * @param in begins with the head; grows from call to call until it is found
   * @return the head's length with its empty line, or -1 when more bytes are needed
   * @throws BadHttpException when it is longer than {@value #MAX_LENGTH}
   */
  public int find(ByteBuf in) throws BadHttpException {
    int start = in.readerIndex();
    int readable = Math.min(in.readableBytes(), MAX_LENGTH);
    while (scanned < readable) {
      int lf = in.indexOf(start + scanned, start + readable, (byte) '\n');
      if (lf < 0) {
        scanned = readable;
        break;
      }
      int end = lf - start;
      scanned = end + 1;
      boolean empty = end == lineStart || (end == lineStart + 1 && in.getByte(lf - 1) == '\r');
      lineStart = scanned;
      if (empty) {
        int length = scanned;
        scanned = 0;
        lineStart = 0;
        return length;
      }
    }
    if (readable == MAX_LENGTH) {
      throw new BadHttpException(
          431, "The request line and headers are longer than " + MAX_LENGTH + " bytes.");
    }
    return -1;
  }
}
