package io.pgrok.agent.inspect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgrok.protocol.http.Head;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.brotli.dec.BrotliInputStream;

/** Undoes what a body went through on the wire. Works with the beginning of one, too. Pure. */
final class Bodies {

  /** A small body may unpack to gigabytes. */
  static final int MAX_DECODED = 2 << 20;

  private Bodies() {}

  /**
   * A body as people see it.
   *
   * @param bytes its beginning when truncated
   * @param undone content codings that were undone
   * @param truncated whether decoding ended before the body did
   */
  record Decoded(byte[] bytes, List<String> undone, boolean truncated) {}

  /** Joins chunks, where the head says that there are any. */
  static byte[] unframed(Head head, byte[] wire) {
    if (!head.list("transfer-encoding").contains("chunked")) {
      return wire;
    }
    ByteArrayOutputStream joined = new ByteArrayOutputStream(wire.length);
    int at = 0;
    while (at < wire.length) {
      int lineEnd = at;
      while (lineEnd < wire.length && wire[lineEnd] != '\n') {
        lineEnd++;
      }
      long size = chunkSize(wire, at, lineEnd);
      int from = lineEnd + 1;
      if (size <= 0 || from >= wire.length) {
        break;
      }
      int length = (int) Math.min(size, wire.length - from);
      joined.write(wire, from, length);
      at = from + length + 2;
    }
    return joined.toByteArray();
  }

  private static long chunkSize(byte[] wire, int from, int to) {
    long size = 0;
    for (int i = from;
        i < to && Character.digit(wire[i], 16) >= 0 && size <= Integer.MAX_VALUE;
        i++) {
      size = size * 16 + Character.digit(wire[i], 16);
    }
    return size;
  }

  /** Joins chunks and undoes gzip, deflate and br. */
  static Decoded decoded(Head head, byte[] wire) {
    byte[] bytes = unframed(head, wire);
    List<String> codings = head.list("content-encoding");
    boolean truncated = false;
    for (String coding : codings.reversed()) {
      InputStream in;
      try {
        in = decoder(coding, bytes);
      } catch (IOException e) {
        return new Decoded(bytes, List.of(), truncated);
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length * 2);
      truncated = !copy(in, out);
      bytes = out.toByteArray();
    }
    return new Decoded(bytes, codings, truncated);
  }

  private static InputStream decoder(String coding, byte[] bytes) throws IOException {
    InputStream in = new ByteArrayInputStream(bytes);
    return switch (coding) {
      case "gzip", "x-gzip" -> new GZIPInputStream(in);
      case "deflate" -> new InflaterInputStream(in, new Inflater(isRawDeflate(bytes)));
      case "br" -> new BrotliInputStream(in);
      case "identity" -> in;
      default -> throw new IOException("unknown coding");
    };
  }

  /** Some senders leave out the zlib header that the standard asks for (RFC 9110, 8.4.1.2). */
  private static boolean isRawDeflate(byte[] bytes) {
    return bytes.length > 0 && (bytes[0] & 0x0f) != 8;
  }

  /**
   * @return whether the end was reached
   */
  private static boolean copy(InputStream in, ByteArrayOutputStream out) {
    byte[] buffer = new byte[8 * 1024];
    try (in) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, Math.min(n, MAX_DECODED - out.size()));
        if (out.size() >= MAX_DECODED) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      // The beginning of a body ends in the middle of something.
      return false;
    }
  }

  /** Only for what may be text: no NUL, and UTF-8 throughout. */
  static boolean isText(byte[] bytes) {
    ByteBuf all = Unpooled.wrappedBuffer(bytes);
    for (byte b : bytes) {
      if (b == 0) {
        return false;
      }
    }
    return io.netty.buffer.ByteBufUtil.isText(all, java.nio.charset.StandardCharsets.UTF_8)
        || endsInsideCharacter(all);
  }

  /** What is cut off may end in the middle of a character. */
  private static boolean endsInsideCharacter(ByteBuf all) {
    for (int cut = 1; cut <= 3 && cut < all.readableBytes(); cut++) {
      if (io.netty.buffer.ByteBufUtil.isText(
          all, 0, all.readableBytes() - cut, java.nio.charset.StandardCharsets.UTF_8)) {
        return true;
      }
    }
    return false;
  }
}
