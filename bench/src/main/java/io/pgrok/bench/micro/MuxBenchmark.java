package io.pgrok.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.mux.MuxLink;
import io.pgrok.protocol.mux.MuxStream;
import io.pgrok.protocol.relay.ByteStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Bytes over a link, without its TLS and socket. */
@State(Scope.Thread)
public class MuxBenchmark {

  private static final StartProxy VISITOR =
      new StartProxy("https://web.tunnels.example.com", "192.0.2.1:54321");

  @Param({"200", "16384"})
  private int bytes;

  private final EmbeddedChannel server = new EmbeddedChannel();
  private final EmbeddedChannel agent = new EmbeddedChannel();
  private final MuxLink link = MuxLink.opening(server);
  private @Nullable MuxStream stream;

  @Setup
  public void open() {
    MuxLink.accepting(agent, 100, (accepted, start) -> accepted.listen(new Reader(accepted)));
    stream = link.open(VISITOR);
    exchange();
  }

  /** A piece of a stream that is open. */
  @Benchmark
  public void send() {
    if (stream != null) {
      stream.write(PooledByteBufAllocator.DEFAULT.directBuffer(bytes).writeZero(bytes));
    }
    exchange();
  }

  /** A visitor with one piece to say. */
  @Benchmark
  public void openSendAndClose() {
    MuxStream visitor = link.open(VISITOR);
    visitor.write(PooledByteBufAllocator.DEFAULT.directBuffer(bytes).writeZero(bytes));
    visitor.close();
    exchange();
  }

  private void exchange() {
    boolean moved;
    do {
      server.runPendingTasks();
      agent.runPendingTasks();
      moved = move(server, agent) | move(agent, server);
    } while (moved);
  }

  private static boolean move(EmbeddedChannel from, EmbeddedChannel to) {
    ByteBuf frame;
    boolean moved = false;
    while ((frame = from.readOutbound()) != null) {
      to.writeInbound(frame);
      moved = true;
    }
    return moved;
  }

  private record Reader(MuxStream stream) implements ByteStream.Listener {
    Reader {
      stream.read();
    }

    @Override
    public void bytes(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void readComplete() {
      stream.read();
    }

    @Override
    public void writable() {}

    @Override
    public void end(ByteStream.End end) {
      stream.close();
    }
  }
}
