package io.pgrok.agent.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyBufferTest {

  private static final int LIMIT = 40_000;

  private final Blocks memory = new Blocks(1 << 20);
  private final BodyBuffer body = new BodyBuffer(memory);

  @ParameterizedTest
  @ValueSource(ints = {1, 700, 2048, 2049, 16_384, 16_385, 32_768, LIMIT, LIMIT + 1, 100_000})
  void keepsTheFirstBytesHoweverTheyCome(int length) {
    byte[] sent = bytes(length);
    Random random = new Random(length);
    int held = 0;
    for (int at = 0; at < length; ) {
      int piece = Math.min(length - at, 1 + random.nextInt(9000));
      ByteBuf in = Unpooled.wrappedBuffer(sent, at, piece);
      held += body.add(in, piece, LIMIT);
      assertThat(in.readableBytes()).isEqualTo(piece);
      at += piece;
    }

    assertThat(body.bytes()).isEqualTo(Arrays.copyOf(sent, Math.min(length, LIMIT)));
    assertThat(body.size()).isEqualTo(length);
    assertThat(body.isTruncated()).isEqualTo(length > LIMIT);
    assertThat(held).isEqualTo(body.held()).isLessThan(LIMIT + Blocks.SIZE);
  }

  @Test
  void memoryThatWasGivenBackIsUsedAgain() {
    byte[] block = memory.take();
    memory.giveBack(List.of(block));

    add(bytes(5000));

    assertThat(memory.take()).isNotSameAs(block);
    body.drop();
    assertThat(memory.take()).isSameAs(block);
    assertThat(body.held()).isZero();
    assertThat(body.bytes()).isEmpty();
  }

  @Test
  void keepsNoMoreMemoryForLaterThanItMay() {
    Blocks one = new Blocks(Blocks.SIZE);
    byte[] first = one.take();
    byte[] second = one.take();

    one.giveBack(List.of(first, second));

    assertThat(one.take()).isSameAs(first);
    assertThat(one.take()).isNotSameAs(second);
  }

  private void add(byte[] sent) {
    body.add(Unpooled.wrappedBuffer(sent), sent.length, LIMIT);
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
