package io.pgrok.protocol.mux;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgrok.protocol.message.Message.StartProxy;
import java.util.ArrayList;
import java.util.List;

/** Frames of a link, from an agent or a server that is not ours. */
class MuxFuzz {

  private static final int MAX_STREAMS = 8;

  /** Nothing but a closed link comes of it, and no more streams than were agreed. */
  @FuzzTest(maxDuration = "4s")
  void accepts(byte[] bytes) {
    EmbeddedChannel channel = new EmbeddedChannel();
    List<MuxStream> streams = new ArrayList<>();
    List<MuxStream> gone = new ArrayList<>();
    MuxLink.accepting(
        channel,
        MAX_STREAMS,
        new MuxLink.Acceptor() {
          @Override
          public void accepted(MuxStream stream, StartProxy start) {
            streams.add(stream);
          }

          @Override
          public void gone(MuxStream stream) {
            gone.add(stream);
          }
        });
    for (int from = 0; from < bytes.length && channel.isOpen(); from += 7) {
      channel.writeInbound(Unpooled.copiedBuffer(bytes, from, Math.min(7, bytes.length - from)));
      channel.runPendingTasks();
      assertThat(streams.size() - gone.size()).isLessThanOrEqualTo(MAX_STREAMS);
    }
    streams.forEach(MuxStream::abort);
    channel.runPendingTasks();
    channel.checkException();
    channel.finishAndReleaseAll();
  }
}
