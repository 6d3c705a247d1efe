package io.pgrok.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgrok.protocol.relay.ChannelStream;
import io.pgrok.protocol.relay.Relay;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Bytes from one channel to another, without their sockets. */
@State(Scope.Thread)
public class RelayBenchmark {

  @Param({"200", "16384"})
  private int bytes;

  private final EmbeddedChannel visitor = new EmbeddedChannel();
  private final EmbeddedChannel service = new EmbeddedChannel();

  @Setup
  public void join() {
    Relay.join(ChannelStream.over(visitor), ChannelStream.over(service));
  }

  @Benchmark
  public int pass() {
    visitor.writeInbound(PooledByteBufAllocator.DEFAULT.directBuffer(bytes).writeZero(bytes));
    ByteBuf passed = service.readOutbound();
    int length = passed == null ? 0 : passed.readableBytes();
    if (passed == null || length != bytes) {
      throw new IllegalStateException("the relay has kept something back");
    }
    passed.release();
    return length;
  }
}
