package io.pgrok.pgrokd.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** What load balancers, and whoever says to be one, begin a connection with. */
class ProxyHeaderFuzz {

  /**
   * A header ends within what came and within its bound, is the same whatever follows it, and is
   * never seen in less than its bytes. Nothing is consumed, and what is no header stays none.
   */
  @FuzzTest(maxDuration = "4s")
  void isReadAlikeInOnePieceAndInMany(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    ProxyHeader whole = ProxyHeader.read(in);
    assertThat(in.readerIndex()).isZero();
    switch (whole) {
      case ProxyHeader.Complete(int length, var source) -> {
        assertThat(length).isBetween(1, Math.min(bytes.length, ProxyHeader.MAX_BINARY));
        if (source != null) {
          assertThat(source.isUnresolved()).isFalse();
        }
        assertThat(read(bytes, length)).isEqualTo(whole);
        for (int part = 0; part < Math.min(length, 300); part++) {
          assertThat(read(bytes, part)).isInstanceOf(ProxyHeader.Incomplete.class);
        }
      }
      case ProxyHeader.Incomplete _ -> assertThat(bytes.length).isLessThan(ProxyHeader.MAX_BINARY);
      case ProxyHeader.Malformed _ -> {
        byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
        assertThat(read(more, more.length)).isInstanceOf(ProxyHeader.Malformed.class);
      }
    }
  }

  private static ProxyHeader read(byte[] bytes, int length) {
    return ProxyHeader.read(Unpooled.wrappedBuffer(bytes, 0, length));
  }
}
