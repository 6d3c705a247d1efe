package io.pgrok.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgrok.protocol.frame.MessageDecoder;
import io.pgrok.protocol.frame.MessageEncoder;
import io.pgrok.protocol.message.Message;
import io.pgrok.protocol.message.Message.StartProxy;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One message of the classic protocol, written and read. */
@State(Scope.Thread)
public class FrameCodecBenchmark {

  private static final Message START =
      new StartProxy("https://web.tunnels.example.com", "192.0.2.1:54321");

  private final EmbeddedChannel encoder = new EmbeddedChannel(MessageEncoder.INSTANCE);
  private final EmbeddedChannel decoder = new EmbeddedChannel(new MessageDecoder());

  @Benchmark
  public Message writeAndRead() {
    encoder.writeOutbound(START);
    ByteBuf bytes = encoder.readOutbound();
    decoder.writeInbound(bytes);
    return decoder.readInbound();
  }
}
