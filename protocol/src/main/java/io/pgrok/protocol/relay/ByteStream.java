package io.pgrok.protocol.relay;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;

/**
 * A two-way stream of bytes that is read on demand. The methods may be called from any thread and
 * take effect in the order of the calls of one thread; the {@link Listener} is called on {@link
 * #executor()} only.
 */
public interface ByteStream {

  /** Where the listener is called; also good for timers. */
  EventExecutor executor();

  /**
   * Sets who hears of this stream from now on. What arrived while there was no listener is
   * delivered to the first one.
   */
  void listen(Listener listener);

  /** Keeps what arrives from now on for the next listener. */
  void pause();

  /** Asks for one more delivery of bytes. Asking again before it came changes nothing. */
  void read();

  /** Queues bytes and takes over their ownership. After the end they are dropped. */
  void write(ByteBuf bytes);

  /** Sends what was queued. */
  void flush();

  /** False while so much is queued that a writer should wait for {@link Listener#writable()}. */
  boolean isWritable();

  /** Whether {@link #finish} can tell the peer that no more comes and still hear it. */
  boolean canFinish();

  /**
   * Sends what was queued, then tells the peer that no more comes; its bytes still arrive. Where
   * {@link #canFinish} is false this does the same as {@link #close}.
   */
  void finish();

  /**
   * Sends what was queued, then ends the stream in the orderly way. A peer that takes nothing for
   * half a minute is cut off. The listener hears nothing more of bytes.
   */
  void close();

  /**
   * The same where the peer has said all that it will and waits for our end: its own is not waited
   * for.
   */
  default void closeNow() {
    close();
  }

  /**
   * Drops what was queued and ends the stream so that the peer can tell: bytes are missing. For a
   * socket that is a reset.
   */
  void abort();

  /** How the peer's bytes ended. */
  enum End {
    /** The peer said that this was all. */
    FINISHED,
    /** The connection was lost; bytes may be missing. */
    BROKEN
  }

  /** Hears what happens on a stream. */
  interface Listener {

    /** Bytes of the peer, whose ownership passes to the listener. */
    void bytes(ByteBuf bytes);

    /** What {@link ByteStream#read()} asked for has been delivered: time to flush and ask again. */
    void readComplete();

    /** The stream takes bytes again after {@link ByteStream#isWritable()} was false. */
    void writable();

    /**
     * The peer sends nothing more. {@link End#FINISHED} is told once at most to each listener, also
     * to one that was set after the fact, and {@link End#BROKEN} may follow it, when the connection
     * is lost while we may still send. The stream has to be closed or aborted after either; nothing
     * is told then.
     */
    void end(End end);
  }
}
