package io.pgrok.pgrokd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a server gives back the memory that a burst of visitors took. */
class SpareHeapTest {

  private final Heap heap = new Heap();
  private long now;
  private final SpareHeap spare = new SpareHeap(heap, () -> now);

  private void passes(long seconds) {
    now += seconds * 1_000_000_000;
    spare.check();
  }

  @Test
  void aBurstIsGivenBackOnceItIsOver() {
    heap.bytes = 64;
    heap.collections++;
    passes(2);
    passes(SpareHeap.QUIET.toSeconds() + 1);
    assertThat(heap.collected).isEqualTo(1);
    passes(60);
    assertThat(heap.collected).as("nothing has grown since").isEqualTo(1);
  }

  @Test
  void aBusyServerIsNotStopped() {
    heap.bytes = 64;
    for (int i = 0; i < 20; i++) {
      heap.collections++;
      passes(2);
    }
    assertThat(heap.collected).isZero();
  }

  @Test
  void whatIsInUseIsNotCollectedForAgain() {
    heap.bytes = 64;
    heap.inUse = 64;
    passes(60);
    passes(60);
    assertThat(heap.collected).isEqualTo(1);
  }

  @Test
  void aServerWithoutVisitorsIsLeftAlone() {
    passes(3600);
    assertThat(heap.collected).isZero();
  }

  private static final class Heap implements SpareHeap.Jvm {
    private long bytes = 16;
    private long inUse = 16;
    private long collections;
    private int collected;

    @Override
    public long heap() {
      return bytes;
    }

    @Override
    public long collections() {
      return collections;
    }

    @Override
    public void collect() {
      collected++;
      collections++;
      bytes = inUse;
    }
  }
}
