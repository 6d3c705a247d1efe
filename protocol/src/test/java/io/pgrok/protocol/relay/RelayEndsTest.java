package io.pgrok.protocol.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.pgrok.protocol.relay.ByteStream.End;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of the other side when one ends; bytes are the matter of {@link RelayTest}. */
class RelayEndsTest {

  private final Recorded service = new Recorded();
  private final Recorded visitor = new Recorded();
  private final ByteStream.Listener ofService = Relay.sides(service, visitor).ofA();

  @Test
  void aWholeAnswerIsDeliveredAlthoughTheServiceIsLostAfterIt() {
    ofService.end(End.FINISHED);
    ofService.end(End.BROKEN);
    assertThat(visitor.calls).containsExactly("finish", "close");
    assertThat(service.calls).containsExactly("abort");
  }

  @Test
  void halfAnAnswerIsPassedOnAsBroken() {
    ofService.end(End.BROKEN);
    assertThat(visitor.calls).containsExactly("abort");
    assertThat(service.calls).containsExactly("abort");
  }

  private static final class Recorded implements ByteStream {
    final List<String> calls = new ArrayList<>();

    @Override
    public EventExecutor executor() {
      return GlobalEventExecutor.INSTANCE;
    }

    @Override
    public void listen(Listener listener) {}

    @Override
    public void pause() {}

    @Override
    public void read() {}

    @Override
    public void write(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void flush() {}

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public boolean canFinish() {
      return true;
    }

    @Override
    public void finish() {
      calls.add("finish");
    }

    @Override
    public void close() {
      calls.add("close");
    }

    @Override
    public void abort() {
      calls.add("abort");
    }
  }
}
