package io.pgrok.protocol.mux;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.collection.IntObjectHashMap;
import io.pgrok.protocol.message.MalformedMessageException;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.message.MessageJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a link's pipeline, after {@code RegLink} on either side. Everything happens
 * on the channel's event loop unless a method says otherwise.
 */
public final class MuxLink extends ChannelInboundHandlerAdapter {

  /** Hears of the streams that the peer opens. On the event loop. */
  public interface Acceptor {

    /** A visitor came. Whoever takes the stream listens to it, or closes it. */
    void accepted(MuxStream stream, StartProxy start);

    /**
     * A stream that was idle goes on for another visitor, whose bytes follow.
     *
     * @return false when what the stream is joined with is for the first visitor only: the stream
     *     then ends here, and another one, with the same way to the peer, is {@link #accepted}
     */
    default boolean visitor(MuxStream stream, StartProxy start) {
      return false;
    }

    /** A stream that was accepted has ended in both directions. */
    default void gone(MuxStream stream) {}
  }

  private static final Logger LOG = LoggerFactory.getLogger(MuxLink.class);

  /**
   * Payloads up to this size are copied behind their header; longer ones are passed as they are.
   */
  private static final int COPY = 4 << 10;

  /** Room for headers and copied payloads; about one TLS record. */
  private static final int GATHER = 16 << 10;

  /** A turn of the event loop that writes more than this flushes in between. */
  private static final int FLUSH_BYTES = 64 << 10;

  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(128 << 10, 256 << 10);

  /** By how much the windows of one link may grow together. */
  private static final long WINDOW_BUDGET = 32L << 20;

  /** A silent link is asked for a sign of life, and given up after three unanswered ones. */
  private static final int TICK_SECONDS = 10;

  private static final int SILENT_TICKS = 3;

  /** Closing streams whose peer takes and says nothing for this many ticks are cut off. */
  private static final int CLOSING_TICKS = 3;

  private final Channel channel;
  private final @Nullable Acceptor acceptor;
  private final int maxStreams;
  private final IntObjectHashMap<MuxStream> streams = new IntObjectHashMap<>();
  private final Inbox.Budget budget = new Inbox.Budget(WINDOW_BUDGET);
  private final Set<MuxStream> waitingForRoom = new LinkedHashSet<>();
  private final Set<MuxStream> touched = new LinkedHashSet<>();
  private final List<Closing> closing = new ArrayList<>();

  private @Nullable Future<?> ticks;
  private int silentTicks;
  private int lastId;
  private volatile int size;
  private volatile boolean lost;
  private volatile boolean retired;

  private @Nullable ByteBuf gathered;
  private int unflushed;
  private boolean flushScheduled;

  private final FrameReader reader = new FrameReader(this);

  /** A stream that our side has closed, and how long its peer has been given. */
  private static final class Closing {
    final MuxStream stream;
    int outboxBytes;
    int ticks;

    Closing(MuxStream stream) {
      this.stream = stream;
      this.outboxBytes = stream.outboxBytes();
    }
  }

  private MuxLink(Channel channel, @Nullable Acceptor acceptor, int maxStreams) {
    this.channel = channel;
    this.acceptor = acceptor;
    this.maxStreams = maxStreams;
  }

  /** Takes the channel over, on pgrokd's side, which opens streams. Call on its event loop. */
  public static MuxLink opening(Channel channel) {
    return install(new MuxLink(channel, null, Integer.MAX_VALUE));
  }

  /**
   * Takes the channel over, on the agent's side, which accepts streams. Call on its event loop.
   *
   * @param maxStreams at once; further ones are reset
   */
  public static MuxLink accepting(Channel channel, int maxStreams, Acceptor acceptor) {
    return install(new MuxLink(channel, acceptor, maxStreams));
  }

  private static MuxLink install(MuxLink link) {
    link.channel.config().setWriteBufferWaterMark(WATER_MARK);
    link.channel.config().setAutoRead(true);
    link.channel.pipeline().addLast("mux", link);
    return link;
  }

  /** Any thread. */
  public EventLoop eventLoop() {
    return channel.eventLoop();
  }

  /** How many streams there are; any thread, a hint. */
  public int size() {
    return size;
  }

  /** Whether streams may still be opened; any thread, a hint. */
  public boolean isOpen() {
    return !lost && !retired && channel.isActive();
  }

  /** The connection below; any thread. */
  public Channel channel() {
    return channel;
  }

  /** No more streams: closes the connection once the last one has ended. Any thread. */
  public void retire() {
    retired = true;
    run(this::closeWhenUnused);
  }

  private void closeWhenUnused() {
    if (retired && streams.isEmpty()) {
      flush();
      channel.close();
    }
  }

  /** Closes the connection; all streams break. Any thread. */
  public void close() {
    channel.close();
  }

  /**
   * Opens a stream and tells the agent for which tunnel and visitor. Nothing is waited for: on a
   * link that is lost or retired already the stream ends as broken. On the event loop.
   */
  public MuxStream open(StartProxy start) {
    do {
      lastId = lastId + 2 > 0 ? lastId + 2 : 2;
    } while (streams.containsKey(lastId));
    MuxStream stream = add(lastId);
    if (lost || retired) {
      stream.broken();
    } else {
      writeStart(Frames.DATA, Frames.SYN, stream.id(), start);
    }
    return stream;
  }

  private MuxStream add(int id) {
    MuxStream stream = new MuxStream(this, id, new Inbox(budget));
    streams.put(id, stream);
    size = streams.size();
    return stream;
  }

  // Reading: called by the FrameReader.

  void dataReceived(int id, ByteBuf bytes) throws MalformedMessageException {
    MuxStream stream = streams.get(id);
    if (stream == null) {
      // Crossed our RST on its way.
      bytes.release();
    } else if (stream.received(bytes)) {
      touched.add(stream);
    } else {
      throw new MalformedMessageException("stream %d ignores its window or its end".formatted(id));
    }
  }

  void startReceived(int type, int id, byte[] json) throws MalformedMessageException {
    if (acceptor == null) {
      throw new MalformedMessageException("an agent may not open streams");
    }
    if (!(MessageJson.read(json) instanceof StartProxy start)) {
      throw new MalformedMessageException("a stream does not begin with StartProxy");
    }
    MuxStream stream = streams.get(id);
    if (type == Frames.VISITOR) {
      if (stream != null) {
        guarded(stream, s -> nextVisitor(s, start));
      }
    } else if (stream != null) {
      throw new MalformedMessageException("stream %d is opened twice".formatted(id));
    } else if (streams.size() >= maxStreams) {
      writeControl(Frames.WINDOW, Frames.RST, id, 0);
    } else {
      guarded(add(id), s -> acceptor.accepted(s, start));
    }
  }

  private void nextVisitor(MuxStream stream, StartProxy start) {
    if (acceptor != null && !acceptor.visitor(stream, start)) {
      MuxStream next = stream.successor();
      streams.put(next.id(), next);
      waitingForRoom.remove(stream);
      acceptor.gone(stream);
      guarded(next, s -> acceptor.accepted(s, start));
    }
  }

  void windowReceived(int id, int flags, int credit) {
    MuxStream stream = streams.get(id);
    if (stream == null) {
      return;
    }
    if ((flags & Frames.RST) != 0) {
      guarded(stream, MuxStream::broken);
      return;
    }
    if (credit > 0) {
      guarded(stream, s -> s.creditReceived(credit));
    }
    if ((flags & Frames.FIN) != 0) {
      guarded(stream, MuxStream::finReceived);
    }
  }

  void pingReceived(int flags, int value) {
    if ((flags & Frames.SYN) != 0) {
      writeControl(Frames.PING, Frames.ACK, 0, value);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    silentTicks = 0;
    reader.read((ByteBuf) message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    for (MuxStream stream : touched) {
      guarded(stream, MuxStream::deliver);
    }
    touched.clear();
  }

  /** A fault in the code that serves one visitor ends that visitor's stream, not the link. */
  private void guarded(MuxStream stream, Consumer<MuxStream> action) {
    try {
      action.accept(stream);
    } catch (RuntimeException e) {
      LOG.error("a stream failed link={} stream={}", channel.remoteAddress(), stream.id(), e);
      stream.abort();
    }
  }

  // Writing: called by streams.

  boolean takesData() {
    return channel.isWritable();
  }

  void resumeLater(MuxStream stream) {
    waitingForRoom.add(stream);
  }

  void writeStart(int type, int flags, int id, StartProxy start) {
    byte[] json = MessageJson.write(start);
    ByteBuf out = room(Frames.HEADER + json.length);
    Frames.header(out, type, flags, id, json.length);
    out.writeBytes(json);
    written(Frames.HEADER + json.length);
  }

  void writeControl(int type, int flags, int id, int value) {
    Frames.header(room(Frames.HEADER), type, flags, id, value);
    written(Frames.HEADER);
  }

  /** Takes over the payload. */
  void writeData(int id, ByteBuf payload) {
    int length = payload.readableBytes();
    if (length <= COPY) {
      ByteBuf out = room(Frames.HEADER + length);
      Frames.header(out, Frames.DATA, 0, id, length);
      out.writeBytes(payload);
      payload.release();
    } else {
      Frames.header(room(Frames.HEADER), Frames.DATA, 0, id, length);
      writeGathered();
      channel.write(payload, channel.voidPromise());
    }
    written(Frames.HEADER + length);
  }

  private ByteBuf room(int bytes) {
    if (gathered != null && gathered.writableBytes() < bytes) {
      writeGathered();
    }
    if (gathered == null) {
      gathered = channel.alloc().directBuffer(Math.max(GATHER, bytes));
    }
    return gathered;
  }

  private void writeGathered() {
    if (gathered != null) {
      ByteBuf out = gathered;
      gathered = null;
      channel.write(out, channel.voidPromise());
    }
  }

  /** Everything that a turn of the event loop writes leaves in one flush, whoever wrote it. */
  private void written(int bytes) {
    unflushed += bytes;
    if (unflushed >= FLUSH_BYTES) {
      flush();
    } else if (!flushScheduled) {
      flushScheduled = true;
      eventLoop().execute(this::flushTurn);
    }
  }

  private void flushTurn() {
    flushScheduled = false;
    flush();
  }

  private void flush() {
    writeGathered();
    unflushed = 0;
    channel.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    // Each that waits now gets one turn; whom the link stops again waits behind the others.
    for (MuxStream stream : List.copyOf(waitingForRoom)) {
      if (!channel.isWritable()) {
        return;
      }
      waitingForRoom.remove(stream);
      guarded(stream, MuxStream::proceed);
    }
  }

  // The link's and the streams' end.

  /** A stream that our side has closed must be ended by the peer in time. */
  void awaitEnd(MuxStream stream) {
    closing.add(new Closing(stream));
  }

  void forget(MuxStream stream) {
    streams.remove(stream.id());
    size = streams.size();
    waitingForRoom.remove(stream);
    if (acceptor != null) {
      acceptor.gone(stream);
    }
    closeWhenUnused();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ticks =
        ctx.executor()
            .scheduleAtFixedRate(this::tick, TICK_SECONDS, TICK_SECONDS, TimeUnit.SECONDS);
  }

  private void tick() {
    if (silentTicks >= SILENT_TICKS) {
      LOG.info("a link went silent and is closed link={}", channel.remoteAddress());
      channel.close();
      return;
    }
    if (silentTicks++ > 0) {
      writeControl(Frames.PING, Frames.SYN, 0, silentTicks);
    }
    List<MuxStream> stalled = new ArrayList<>();
    closing.removeIf(entry -> {
      boolean progress = entry.stream.outboxBytes() < entry.outboxBytes;
      entry.outboxBytes = entry.stream.outboxBytes();
      entry.ticks = progress ? 0 : entry.ticks + 1;
      if (entry.ticks > CLOSING_TICKS) {
        stalled.add(entry.stream);
      }
      return entry.stream.isGone() || entry.ticks > CLOSING_TICKS;
    });
    stalled.forEach(MuxStream::reset);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    lost = true;
    for (MuxStream stream : List.copyOf(streams.values())) {
      guarded(stream, MuxStream::broken);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    lost = true;
    if (ticks != null) {
      ticks.cancel(false);
    }
    reader.release();
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof MalformedMessageException) {
      LOG.warn("a link is closed link={} reason={}", channel.remoteAddress(), cause.getMessage());
    } else if (!(cause instanceof IOException)) {
      LOG.warn("a link failed link={}", channel.remoteAddress(), cause);
    }
    ctx.close();
  }

  /** Runs on the event loop, at once when called there; false when that has been shut down. */
  boolean run(Runnable action) {
    if (eventLoop().inEventLoop()) {
      action.run();
      return true;
    }
    try {
      eventLoop().execute(action);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
