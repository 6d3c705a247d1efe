package io.pgrok.pgrokd.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Frames of HTTP/2 as bytes, also such as no client would send. */
public final class Frames {

  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  /** Of DATA and HEADERS; also ACK, of SETTINGS and PING. */
  public static final int END_STREAM = 1;

  public static final int ACK = 1;
  public static final int END_HEADERS = 4;
  public static final int PADDED = 8;

  private static final int HEADER = 9;

  private Frames() {}

  /** What a connection begins with. */
  public static byte[] preface() {
    return join(
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
        frame(SETTINGS, 0, 0));
  }

  public static byte[] frame(int type, int flags, int stream, byte... payload) {
    return ByteBuffer.allocate(HEADER + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  public static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  /** The head of a request without a body. */
  public static byte[] get(int stream, String host) {
    return frame(HEADERS, END_HEADERS | END_STREAM, stream, request(0x82, host));
  }

  /** The head of a request with a body. */
  public static byte[] post(int stream, String host) {
    return frame(HEADERS, END_HEADERS, stream, request(0x83, host));
  }

  /** Fields in HPACK: the method's number in its static table, http, / and the host in letters. */
  public static byte[] request(int method, String host) {
    return join(bytes(method, 0x86, 0x84), field(0x01, host));
  }

  /** A field whose name has a number in the static table, and that nobody has to remember. */
  public static byte[] field(int name, String value) {
    return join(bytes(name, value.length()), value.getBytes(StandardCharsets.ISO_8859_1));
  }

  public static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  public static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }
}
