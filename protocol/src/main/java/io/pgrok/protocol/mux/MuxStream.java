package io.pgrok.protocol.mux;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.relay.ByteStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One visitor's stream of a {@link MuxLink}. Each direction ends for itself: ours with {@link
 * #finish}, the peer's with its FIN. The stream is gone once both have, or as soon as either side
 * aborts.
 */
public final class MuxStream implements ByteStream {

  /** Queued bytes above which writers should wait, and below which they go on. */
  private static final int HIGH = 64 << 10;

  private static final int LOW = 32 << 10;

  private final MuxLink link;
  private final int id;

  private final Queue<ByteBuf> outbox = new ArrayDeque<>();
  private int outboxBytes;
  private int sendWindow = Frames.FIRST_WINDOW;
  private volatile boolean writable = true;
  private boolean finishing;
  private boolean finSent;

  private final Inbox inbox;
  private @Nullable Listener listener;
  private boolean asked;
  private boolean delivering;
  private @Nullable End end;
  private boolean endTold;

  /**
   * After {@link End#FINISHED}: the peer cannot be sent to any more either, and is to be told so.
   */
  private boolean lost;

  /** Our side has closed or aborted: the listener hears nothing more. */
  private boolean closed;

  private boolean gone;

  MuxStream(MuxLink link, int id, Inbox inbox) {
    this.link = link;
    this.id = id;
    this.inbox = inbox;
  }

  @Override
  public EventExecutor executor() {
    return link.eventLoop();
  }

  /** The same; channels that this stream is joined with are best there too. */
  public EventLoop eventLoop() {
    return link.eventLoop();
  }

  @Override
  public void listen(Listener next) {
    link.run(() -> {
      listener = next;
      endTold = false;
      deliver();
    });
  }

  @Override
  public void pause() {
    link.run(() -> listener = null);
  }

  @Override
  public void read() {
    link.run(() -> {
      asked = true;
      deliver();
    });
  }

  @Override
  public void write(ByteBuf bytes) {
    if (!link.eventLoop().inEventLoop()) {
      if (!link.run(() -> write(bytes))) {
        bytes.release();
      }
    } else if (finishing || gone || !bytes.isReadable()) {
      bytes.release();
    } else {
      outbox.add(bytes);
      outboxBytes += bytes.readableBytes();
      send();
      writable = outboxBytes <= HIGH && writable;
    }
  }

  /** Nothing to do: the link gathers what all streams write in a turn of the event loop. */
  @Override
  public void flush() {}

  @Override
  public boolean isWritable() {
    return writable;
  }

  @Override
  public boolean canFinish() {
    return true;
  }

  @Override
  public void finish() {
    link.run(() -> {
      finishing = true;
      send();
    });
  }

  @Override
  public void close() {
    link.run(() -> {
      if (!closed) {
        closed = true;
        inbox.discard();
        finishing = true;
        send();
        if (!gone) {
          link.awaitEnd(this);
        }
      }
    });
  }

  @Override
  public void abort() {
    link.run(() -> {
      closed = true;
      inbox.discard();
      reset();
    });
  }

  /**
   * Tells the agent that an idle stream goes on for another visitor, ahead of that visitor's first
   * byte. Only pgrokd, which opened the stream, may; any thread.
   */
  public void visitor(StartProxy start) {
    link.run(() -> {
      if (!gone && !finishing) {
        link.writeStart(Frames.VISITOR, 0, id, start);
      }
    });
  }

  // The rest is called by the link, on its event loop.

  /**
   * Ends this stream as if the peer had finished, without a word to it, and makes one that goes on
   * with the same id and windows.
   */
  MuxStream successor() {
    MuxStream next = new MuxStream(link, id, inbox);
    next.sendWindow = sendWindow;
    gone = true;
    outbox.forEach(ByteBuf::release);
    outbox.clear();
    outboxBytes = 0;
    inbox.discard();
    if (end == null) {
      end = End.FINISHED;
      tellEnd();
    }
    closed = true;
    return next;
  }

  int id() {
    return id;
  }

  /** Takes over bytes of the peer; false when it has ignored its window. */
  boolean received(ByteBuf bytes) {
    if (end != null) {
      bytes.release();
      return false;
    }
    if (closed) {
      // The peer sends to nobody: say so, instead of letting it run into the end of its window.
      bytes.release();
      if (finSent) {
        reset();
      }
      return true;
    }
    return inbox.offer(bytes);
  }

  void creditReceived(int credit) {
    sendWindow = (int) Math.min(Integer.MAX_VALUE, (long) sendWindow + credit);
    proceed();
  }

  void finReceived() {
    if (end == null) {
      end = End.FINISHED;
      deliver();
      goneWhenBothEnded();
    }
  }

  /** The peer has aborted, or the link is lost. */
  void broken() {
    if (gone) {
      return;
    }
    if (end == End.FINISHED) {
      lost = true;
    } else {
      inbox.discard();
      end = End.BROKEN;
    }
    leave();
    tellEnd();
  }

  /** Ends the stream at once, and lets the peer know. */
  void reset() {
    if (!gone) {
      link.writeControl(Frames.WINDOW, Frames.RST, id, 0);
      end = End.BROKEN;
      leave();
    }
  }

  /** Link or window have room again. */
  void proceed() {
    send();
    if (!writable && outboxBytes < LOW) {
      writable = true;
      if (listener != null && !closed) {
        listener.writable();
      }
    }
  }

  /** Bytes that wait to be sent; a closing stream whose peer takes none of them is cut off. */
  int outboxBytes() {
    return outboxBytes;
  }

  boolean isGone() {
    return gone;
  }

  /** Hands on what waits, as far as it was asked for, and then the end. */
  void deliver() {
    if (delivering || closed || listener == null) {
      return;
    }
    delivering = true;
    try {
      while (asked && !closed && !inbox.isEmpty()) {
        asked = false;
        while (!closed && !inbox.isEmpty()) {
          listener.bytes(inbox.take());
        }
        if (!closed) {
          listener.readComplete();
        }
        giveCredit();
      }
    } finally {
      delivering = false;
    }
    tellEnd();
  }

  private void tellEnd() {
    if (end != null && inbox.isEmpty() && !endTold && !closed && listener != null) {
      endTold = true;
      listener.end(end);
    }
    if (lost && endTold && !closed && listener != null) {
      lost = false;
      listener.end(End.BROKEN);
    }
  }

  private void giveCredit() {
    int credit = end == null && !closed ? inbox.credit() : 0;
    if (credit > 0) {
      link.writeControl(Frames.WINDOW, 0, id, credit);
    }
  }

  private void send() {
    while (!outbox.isEmpty() && sendWindow > 0 && !gone) {
      if (!link.takesData()) {
        link.resumeLater(this);
        return;
      }
      ByteBuf head = outbox.element();
      int length = Math.min(Math.min(head.readableBytes(), sendWindow), Frames.LONGEST_DATA);
      ByteBuf part =
          length == head.readableBytes() ? outbox.remove() : head.readRetainedSlice(length);
      sendWindow -= length;
      outboxBytes -= length;
      link.writeData(id, part);
    }
    if (finishing && !finSent && outbox.isEmpty() && !gone) {
      finSent = true;
      link.writeControl(Frames.WINDOW, Frames.FIN, id, 0);
      goneWhenBothEnded();
    }
  }

  private void goneWhenBothEnded() {
    if (finSent && end != null && !gone) {
      leave();
    }
  }

  private void leave() {
    gone = true;
    outbox.forEach(ByteBuf::release);
    outbox.clear();
    outboxBytes = 0;
    inbox.retire();
    link.forget(this);
  }
}
