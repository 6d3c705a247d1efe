package io.pgrok.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** Heads and chunked bodies, from visitors and from private services. */
class HttpScannerFuzz {

  /** A head's end and a body's end do not depend on how the bytes were cut into pieces. */
  @FuzzTest(maxDuration = "4s")
  void findsEnds(byte[] bytes) {
    assertThat(headLength(bytes, 5)).isEqualTo(headLength(bytes, Math.max(1, bytes.length)));
    assertThat(bodyLength(bytes, 5)).isEqualTo(bodyLength(bytes, Math.max(1, bytes.length)));
    int length = headLength(bytes, bytes.length + 1);
    if (length > 0) {
      read(bytes, length, Head.Lines.STRICT);
      read(bytes, length, Head.Lines.LENIENT);
    }
  }

  /** Every field of a head lies within it, and its name is a token. */
  private static void read(byte[] bytes, int length, Head.Lines lines) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    try {
      Head head = Head.read(in, length, lines);
      for (Head.Field field : head.fields()) {
        assertThat(Head.isToken(field.lowerName())).isTrue();
        assertThat(field.value()).doesNotContain("\r", "\n", "\0");
      }
    } catch (BadHttpException e) {
      assertThat(e.status()).isBetween(400, 505);
    }
  }

  private static int headLength(byte[] bytes, int piece) {
    HeadEnd end = new HeadEnd();
    ByteBuf in = Unpooled.buffer();
    try {
      for (int from = 0; from < bytes.length; from += piece) {
        in.writeBytes(bytes, from, Math.min(piece, bytes.length - from));
        int length = end.find(in);
        if (length >= 0) {
          return length;
        }
      }
      return -1;
    } catch (BadHttpException e) {
      return -2;
    }
  }

  /** What belongs to a chunked body; -2 for one that is none. */
  private static int bodyLength(byte[] bytes, int piece) {
    BodyScanner body = BodyScanner.of(new Framing.Chunked());
    int total = 0;
    try {
      for (int from = 0; from < bytes.length && !body.isDone(); from += piece) {
        ByteBuf in =
            Unpooled.wrappedBuffer(
                Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + piece)));
        while (in.isReadable() && !body.isDone()) {
          int length = body.scan(in);
          if (length == 0) {
            break;
          }
          in.skipBytes(length);
          total += length;
        }
      }
      return body.isDone() ? total : -1;
    } catch (BadHttpException e) {
      return -2;
    }
  }
}
