package io.pgrok.pgrokd.listener;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The header of the PROXY protocol, versions 1 and 2: how a load balancer that speaks no HTTP says
 * who is connected to it. Pure.
 */
sealed interface ProxyHeader {

  /** More bytes are needed. */
  record Incomplete() implements ProxyHeader {}

  /** It is no such header. */
  record Malformed() implements ProxyHeader {}

  /**
   * It has been read.
   *
   * @param length of it, in bytes
   * @param source who is connected; null when the balancer speaks for itself, or does not know
   */
  record Complete(int length, @Nullable InetSocketAddress source) implements ProxyHeader {}

  /** Longest of version 1, with its line end (by the specification). */
  int MAX_TEXT = 107;

  /** Longest of version 2 that is taken; the addresses need 36 bytes, the rest is ignored. */
  int MAX_BINARY = 16 + 4096;

  byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

  byte[] TEXT = "PROXY ".getBytes(StandardCharsets.US_ASCII);

  /**
   * @param in not consumed
   */
  static ProxyHeader read(ByteBuf in) {
    if (!in.isReadable()) {
      return new Incomplete();
    }
    boolean binary = in.getByte(in.readerIndex()) == SIGNATURE[0];
    byte[] start = binary ? SIGNATURE : TEXT;
    for (int i = 0; i < Math.min(start.length, in.readableBytes()); i++) {
      if (in.getByte(in.readerIndex() + i) != start[i]) {
        return new Malformed();
      }
    }
    if (in.readableBytes() < start.length) {
      return new Incomplete();
    }
    return binary ? binary(in) : text(in);
  }

  private static ProxyHeader text(ByteBuf in) {
    int most = Math.min(in.readableBytes(), MAX_TEXT);
    int lf = in.indexOf(in.readerIndex(), in.readerIndex() + most, (byte) '\n');
    if (lf < 0) {
      return most == MAX_TEXT ? new Malformed() : new Incomplete();
    }
    int length = lf + 1 - in.readerIndex();
    String line = in.toString(in.readerIndex(), length, StandardCharsets.US_ASCII);
    if (!line.endsWith("\r\n")) {
      return new Malformed();
    }
    String[] parts = line.substring(0, length - 2).split(" ", -1);
    if (parts.length >= 2 && parts[1].equals("UNKNOWN")) {
      return new Complete(length, null);
    }
    if (parts.length != 6 || !(parts[1].equals("TCP4") || parts[1].equals("TCP6"))) {
      return new Malformed();
    }
    try {
      int port = Integer.parseInt(parts[4]);
      return new Complete(length, new InetSocketAddress(InetAddress.ofLiteral(parts[2]), port));
    } catch (IllegalArgumentException e) {
      return new Malformed();
    }
  }

  private static ProxyHeader binary(ByteBuf in) {
    if (in.readableBytes() < 16) {
      return new Incomplete();
    }
    int at = in.readerIndex();
    int command = in.getUnsignedByte(at + 12);
    int family = in.getUnsignedByte(at + 13) >> 4;
    int rest = in.getUnsignedShort(at + 14);
    if (command >> 4 != 2 || (command & 0xf) > 1 || 16 + rest > MAX_BINARY) {
      return new Malformed();
    }
    if (in.readableBytes() < 16 + rest) {
      return new Incomplete();
    }
    boolean proxied = (command & 0xf) == 1;
    int address = family == 1 ? 4 : family == 2 ? 16 : 0;
    if (!proxied || address == 0) {
      return new Complete(16 + rest, null);
    }
    if (rest < 2 * address + 4) {
      return new Malformed();
    }
    byte[] source = new byte[address];
    in.getBytes(at + 16, source);
    int port = in.getUnsignedShort(at + 16 + 2 * address);
    try {
      return new Complete(16 + rest, new InetSocketAddress(InetAddress.getByAddress(source), port));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 and 16 bytes are addresses", e);
    }
  }
}
