package io.pgrok.protocol.mux;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ByteStream.End;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two ends of a link, joined in memory. */
class MuxLinkTest {

  private static final StartProxy VISITOR = new StartProxy("http://web.example.com", "192.0.2.1:5");

  private final List<MuxStream> accepted = new ArrayList<>();
  private final List<StartProxy> starts = new ArrayList<>();
  private boolean keepsConnection = true;

  private final EmbeddedChannel server = new EmbeddedChannel();
  private final EmbeddedChannel agent = new EmbeddedChannel();
  private final MuxLink link = MuxLink.opening(server);
  private final MuxLink far =
      MuxLink.accepting(
          agent,
          3,
          new MuxLink.Acceptor() {
            @Override
            public void accepted(MuxStream stream, StartProxy start) {
              accepted.add(stream);
              starts.add(start);
            }

            @Override
            public boolean visitor(MuxStream stream, StartProxy start) {
              starts.add(start);
              return keepsConnection;
            }
          });

  @AfterEach
  void nothingLeaks() {
    server.finishAndReleaseAll();
    agent.finishAndReleaseAll();
  }

  @Test
  void aStreamTellsTheAgentForWhomItIsAndCarriesBytesBothWays() {
    MuxStream near = link.open(VISITOR);
    near.write(text("GET / HTTP/1.1\r\n\r\n"));
    exchange();

    assertThat(starts).containsExactly(VISITOR);
    Reader reader = new Reader(accepted.get(0));
    assertThat(reader.text()).isEqualTo("GET / HTTP/1.1\r\n\r\n");

    Reader answer = new Reader(near);
    accepted.get(0).write(text("HTTP/1.1 204 No Content\r\n\r\n"));
    exchange();
    assertThat(answer.text()).isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
  }

  @Test
  void everyByteOfALongTransferArrivesInOrder() {
    MuxStream near = link.open(VISITOR);
    exchange();
    Reader reader = new Reader(accepted.get(0));
    int sent = 0;
    while (sent < 8 << 20) {
      if (near.isWritable()) {
        near.write(counted(sent, 50_000));
        sent += 50_000;
      }
      exchange();
    }
    assertThat(reader.received).isEqualTo(sent);
    assertThat(reader.inOrder).isTrue();
  }

  @Test
  void aReaderThatStopsStopsItsSenderAndNobodyElse() {
    MuxStream slow = link.open(VISITOR);
    MuxStream quick = link.open(VISITOR);
    exchange();
    Reader reader = new Reader(accepted.get(1));
    int toSlow = 0;
    for (int i = 0; i < 100; i++) {
      if (slow.isWritable()) {
        slow.write(counted(toSlow, 10_000));
        toSlow += 10_000;
      }
      quick.write(counted(i * 10_000, 10_000));
      exchange();
    }
    assertThat(reader.received).as("the other stream").isEqualTo(1_000_000);
    assertThat(toSlow).as("window and queue of the stopped one").isLessThan(160_000);

    List<String> events = new ArrayList<>();
    slow.listen(new Recording(events));
    Reader woken = new Reader(accepted.get(0));
    exchange();
    assertThat(woken.received).isEqualTo(toSlow);
    assertThat(events).contains("writable");
  }

  @Test
  void oneSideMayFinishAndStillBeAnswered() {
    MuxStream near = link.open(VISITOR);
    near.write(text("question"));
    near.finish();
    exchange();
    Reader question = new Reader(accepted.get(0));
    assertThat(question.text()).isEqualTo("question");
    assertThat(question.end).isEqualTo(End.FINISHED);

    Reader answer = new Reader(near);
    accepted.get(0).write(text("answer"));
    accepted.get(0).finish();
    exchange();
    assertThat(answer.text()).isEqualTo("answer");
    assertThat(answer.end).isEqualTo(End.FINISHED);
    assertThat(link.size()).isZero();
    assertThat(far.size()).isZero();
  }

  @Test
  void whatIsQueuedBehindTheWindowIsSentBeforeTheEnd() {
    MuxStream near = link.open(VISITOR);
    near.write(counted(0, 300_000));
    near.close();
    exchange();
    Reader reader = new Reader(accepted.get(0));
    exchange();
    assertThat(reader.received).isEqualTo(300_000);
    assertThat(reader.end).isEqualTo(End.FINISHED);
  }

  @Test
  void anIdleStreamIsAnotherOneForTheNextVisitorWhereTheAgentWantsThat() {
    keepsConnection = false;
    StartProxy second = new StartProxy("http://web.example.com", "192.0.2.2:6");
    MuxStream near = link.open(VISITOR);
    near.write(counted(0, 40_000));
    exchange();
    Reader first = new Reader(accepted.get(0));
    exchange();

    near.visitor(second);
    near.write(text("second"));
    exchange();

    assertThat(first.received).isEqualTo(40_000);
    assertThat(first.end).isEqualTo(End.FINISHED);
    accepted.get(0).write(text("too late"));
    accepted.get(0).close();
    assertThat(starts).containsExactly(VISITOR, second, second);
    assertThat(new Reader(accepted.get(1)).text()).isEqualTo("second");
    accepted.get(1).write(text("answer"));
    exchange();
    assertThat(new Reader(near).text()).isEqualTo("answer");
    near.close();
    accepted.get(1).close();
    exchange();
    assertThat(link.size()).isZero();
    assertThat(far.size()).isZero();
  }

  @Test
  void anAbortIsSeenAsBrokenAndNotAsTheEnd() {
    MuxStream near = link.open(VISITOR);
    near.write(text("half of a mess"));
    exchange();
    Reader reader = new Reader(accepted.get(0));
    near.abort();
    exchange();
    assertThat(reader.end).isEqualTo(End.BROKEN);
    assertThat(link.size()).isZero();
    assertThat(far.size()).isZero();
  }

  @Test
  void aLostLinkBreaksAllItsStreams() {
    Reader one = new Reader(link.open(VISITOR));
    Reader two = new Reader(link.open(VISITOR));
    exchange();
    server.close();
    assertThat(one.end).isEqualTo(End.BROKEN);
    assertThat(two.end).isEqualTo(End.BROKEN);
    assertThat(link.isOpen()).isFalse();

    Reader late = new Reader(link.open(VISITOR));
    assertThat(late.end).as("a stream that comes too late").isEqualTo(End.BROKEN);
  }

  @Test
  void aWholeAnswerIsDeliveredAlthoughTheLinkIsLostAfterIt() {
    MuxStream near = link.open(VISITOR);
    exchange();
    accepted.get(0).write(text("all of it"));
    accepted.get(0).finish();
    exchange();
    server.close();

    List<String> events = new ArrayList<>();
    near.listen(
        new Recording(events) {
          @Override
          public void bytes(ByteBuf bytes) {
            events.add(bytes.toString(StandardCharsets.US_ASCII));
            super.bytes(bytes);
          }
        });
    near.read();
    assertThat(events).containsExactly("all of it", "FINISHED", "BROKEN");
  }

  @Test
  void whoSendsToAClosedStreamIsTold() {
    MuxStream near = link.open(VISITOR);
    exchange();
    MuxStream agentSide = accepted.get(0);
    Reader reader = new Reader(agentSide);
    near.close();
    exchange();
    assertThat(reader.end).isEqualTo(End.FINISHED);
    agentSide.write(text("a long answer"));
    exchange();
    assertThat(link.size()).isZero();
    assertThat(far.size()).isZero();
  }

  @Test
  void anIdleStreamGoesOnForAnotherVisitor() {
    MuxStream near = link.open(VISITOR);
    StartProxy next = new StartProxy("http://web.example.com", "192.0.2.2:6");
    near.visitor(next);
    near.write(text("x"));
    exchange();
    assertThat(starts).containsExactly(VISITOR, next);
    assertThat(accepted).hasSize(1);
  }

  @Test
  void theAgentRefusesMoreStreamsThanItCarries() {
    List<Reader> readers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      readers.add(new Reader(link.open(VISITOR)));
    }
    exchange();
    assertThat(accepted).hasSize(3);
    assertThat(readers.get(3).end).isEqualTo(End.BROKEN);
    assertThat(readers.get(2).end).isNull();
  }

  @Test
  void aFaultOfOneStreamsListenerLeavesTheOthersAlone() {
    MuxStream faulty = link.open(VISITOR);
    MuxStream sound = link.open(VISITOR);
    exchange();
    accepted
        .get(0)
        .listen(
            new Recording(new ArrayList<>()) {
              @Override
              public void bytes(ByteBuf bytes) {
                bytes.release();
                throw new IllegalStateException("a fault of this test");
              }
            });
    accepted.get(0).read();
    Reader reader = new Reader(accepted.get(1));
    Reader faultySide = new Reader(faulty);
    faulty.write(text("x"));
    sound.write(text("y"));
    exchange();
    assertThat(reader.text()).isEqualTo("y");
    assertThat(faultySide.end).isEqualTo(End.BROKEN);
  }

  @ParameterizedTest
  @CsvSource({
    "another version,               010000000000000200000000",
    "an unknown type,               000900000000000200000000",
    "a negative length,             0000000000000002ffffffff",
    "data with a foreign flag,      000000080000000200000001",
    "a stream without StartProxy,   000000010000000200000002 7b7d",
    "an empty StartProxy,           000000010000000200000000",
    "a StartProxy beyond its limit, 000000010000000200100000",
  })
  void hostileBytesCloseTheLink(String what, String hex) {
    agent.writeInbound(
        Unpooled.wrappedBuffer(java.util.HexFormat.of().parseHex(hex.replace(" ", ""))));
    assertThat(agent.isOpen()).as(what).isFalse();
  }

  @Test
  void aPeerThatIgnoresItsWindowLosesTheLink() {
    link.open(VISITOR);
    exchange();
    ByteBuf frame = Unpooled.buffer();
    Frames.header(frame, Frames.DATA, 0, 2, Frames.FIRST_WINDOW + 1);
    frame.writeZero(Frames.FIRST_WINDOW + 1);
    agent.writeInbound(frame);
    assertThat(agent.isOpen()).isFalse();
  }

  @Test
  void anAgentMayNotOpenStreams() {
    ByteBuf frame = Unpooled.buffer();
    Frames.header(frame, Frames.DATA, Frames.SYN, 2, 2);
    frame.writeBytes(new byte[] {'{', '}'});
    server.writeInbound(frame);
    assertThat(server.isOpen()).isFalse();
  }

  @Test
  void framesMayArriveByteByByte() {
    MuxStream near = link.open(VISITOR);
    near.write(text("slowly"));
    server.runPendingTasks();
    server.flushOutbound();
    for (ByteBuf out = server.readOutbound(); out != null; out = server.readOutbound()) {
      while (out.isReadable()) {
        agent.writeInbound(out.readRetainedSlice(1));
      }
      out.release();
    }
    assertThat(new Reader(accepted.get(0)).text()).isEqualTo("slowly");
  }

  @Test
  void aPingIsAnswered() {
    ByteBuf ping = Unpooled.buffer();
    Frames.header(ping, Frames.PING, Frames.SYN, 0, 7);
    agent.writeInbound(ping);
    agent.runPendingTasks();
    ByteBuf pong = agent.readOutbound();
    assertThat(pong.readInt()).isEqualTo((Frames.PING << 16) | Frames.ACK);
    assertThat(pong.readInt()).isZero();
    assertThat(pong.readInt()).isEqualTo(7);
    pong.release();
  }

  /** Carries bytes between the two ends until neither has more to say. */
  private void exchange() {
    boolean moved = true;
    while (moved) {
      server.runPendingTasks();
      agent.runPendingTasks();
      moved = carry(server, agent) | carry(agent, server);
    }
  }

  private static boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    boolean moved = false;
    for (ByteBuf out = from.readOutbound(); out != null; out = from.readOutbound()) {
      to.writeInbound(out);
      moved = true;
    }
    return moved;
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private static ByteBuf counted(int from, int length) {
    ByteBuf bytes = Unpooled.buffer(length);
    for (int i = 0; i < length; i++) {
      bytes.writeByte(from + i);
    }
    return bytes;
  }

  /** Reads all it can. */
  private static final class Reader implements ByteStream.Listener {
    private final ByteStream stream;
    private final StringBuilder head = new StringBuilder();
    int received;
    boolean inOrder = true;
    @Nullable End end;

    Reader(ByteStream stream) {
      this.stream = stream;
      stream.listen(this);
      stream.read();
    }

    String text() {
      return head.toString();
    }

    @Override
    public void bytes(ByteBuf bytes) {
      while (bytes.isReadable()) {
        byte b = bytes.readByte();
        inOrder &= b == (byte) received;
        if (received++ < 1000) {
          head.append((char) b);
        }
      }
      bytes.release();
    }

    @Override
    public void readComplete() {
      stream.read();
    }

    @Override
    public void writable() {}

    @Override
    public void end(End how) {
      assertThat(end).as("the end is told once").isNull();
      end = how;
    }
  }

  private static class Recording implements ByteStream.Listener {
    private final List<String> events;

    Recording(List<String> events) {
      this.events = events;
    }

    @Override
    public void bytes(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void readComplete() {}

    @Override
    public void writable() {
      events.add("writable");
    }

    @Override
    public void end(End how) {
      events.add(how.name());
    }
  }
}
