package io.pgrok.protocol.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a channel's pipeline, seen as a {@link ByteStream}. It switches automatic
 * reads off. Over TLS only a close_notify counts as {@link ByteStream.End#FINISHED}: a killed
 * peer's kernel sends a FIN too.
 */
public final class ChannelStream extends ChannelInboundHandlerAdapter implements ByteStream {

  /** How long a closing channel may go without its peer taking a byte. */
  private static final long CLOSE_STALL_SECONDS = 30;

  /** How long a peer may take to close after we have. */
  private static final long GOODBYE_SECONDS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(ChannelStream.class);

  private final Channel channel;

  /** Came while nobody listened; outlives the channel, for an answer may be all of it. */
  private final Queue<ByteBuf> early = new ArrayDeque<>();

  private @Nullable Listener listener;
  private @Nullable End end;

  /** After {@link End#FINISHED}: the peer cannot be sent to any more either. */
  private boolean lost;

  private boolean tls;

  /** There will be nothing to read. */
  private boolean peerIsDone;

  /** Ends the channel when its peer does not; goes with it. */
  private @Nullable Future<?> timer;

  /** Set on the event loop, and a hint for writers elsewhere. */
  private volatile boolean closing;

  private ChannelStream(Channel channel) {
    this.channel = channel;
  }

  /** Adds itself as the last handler of the channel. Call it on the channel's event loop. */
  public static ChannelStream over(Channel channel) {
    ChannelStream stream = new ChannelStream(channel);
    channel.config().setAutoRead(false);
    stream.tls = channel.pipeline().get(SslHandler.class) != null;
    if (!stream.tls) {
      // A peer that has sent everything may still want the answer.
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }
    channel.pipeline().addLast("stream", stream);
    return stream;
  }

  /** The channel below, for addresses and log lines. */
  public Channel channel() {
    return channel;
  }

  @Override
  public EventExecutor executor() {
    return channel.eventLoop();
  }

  @Override
  public void listen(Listener next) {
    if (!channel.eventLoop().inEventLoop()) {
      channel.eventLoop().execute(() -> listen(next));
      return;
    }
    listener = next;
    ByteBuf bytes = early.poll();
    if (bytes != null) {
      while (bytes != null) {
        next.bytes(bytes);
        bytes = early.poll();
      }
      next.readComplete();
    }
    tellEnd();
  }

  @Override
  public void pause() {
    if (channel.eventLoop().inEventLoop()) {
      listener = null;
    } else {
      channel.eventLoop().execute(this::pause);
    }
  }

  @Override
  public void read() {
    channel.read();
  }

  @Override
  public void write(ByteBuf bytes) {
    if (closing) {
      bytes.release();
      return;
    }
    channel.write(bytes, channel.voidPromise());
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  /** Over TLS, BoringSSL and older protocol versions end both directions together. */
  @Override
  public boolean canFinish() {
    return !tls && channel instanceof DuplexChannel;
  }

  @Override
  public void finish() {
    if (canFinish()) {
      channel
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(sent -> ((DuplexChannel) channel).shutdownOutput());
    } else {
      close();
    }
  }

  @Override
  public void close() {
    if (!channel.eventLoop().inEventLoop()) {
      channel.eventLoop().execute(this::close);
      return;
    }
    dropEarly();
    if (closing || !channel.isOpen()) {
      closing = true;
      return;
    }
    closing = true;
    ChannelFuture rest = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
    if (!rest.isDone()) {
      watchClose();
    }
    rest.addListener(sent -> sayGoodbye(sent.isSuccess()));
  }

  /** Over TLS our goodbye would meet the peer's on its way: that one is worth waiting for. */
  @Override
  public void closeNow() {
    if (!tls && channel.eventLoop().inEventLoop()) {
      peerIsDone = true;
    }
    close();
  }

  /**
   * Closing a socket that holds unread bytes resets it, which destroys what the peer has not read
   * yet. So only our direction ends here, and the peer's bytes are dropped until it has closed too.
   */
  private void sayGoodbye(boolean sent) {
    cancelTimer();
    SslHandler ssl = channel.pipeline().get(SslHandler.class);
    if (!sent || end != null || peerIsDone || !channel.isActive()) {
      channel.close();
    } else {
      channel.config().setAutoRead(true);
      timer =
          channel.eventLoop().schedule(() -> channel.close(), GOODBYE_SECONDS, TimeUnit.SECONDS);
      if (ssl != null) {
        ssl.closeOutbound();
      } else if (channel instanceof DuplexChannel socket) {
        socket.shutdownOutput();
      } else {
        channel.close();
      }
    }
  }

  @Override
  public void abort() {
    if (!channel.eventLoop().inEventLoop()) {
      channel.eventLoop().execute(this::abort);
      return;
    }
    dropEarly();
    closing = true;
    if (!channel.isOpen()) {
      return;
    }
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    // From the first handler on: a TLS handler would say a polite goodbye.
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first != null) {
      first.close();
    }
  }

  private void dropEarly() {
    early.forEach(ReferenceCountUtil::safeRelease);
    early.clear();
  }

  private void watchClose() {
    long before = pendingBytes();
    timer =
        channel
            .eventLoop()
            .schedule(
                () -> {
                  if (pendingBytes() >= before) {
                    abort();
                  } else {
                    watchClose();
                  }
                },
                CLOSE_STALL_SECONDS,
                TimeUnit.SECONDS);
  }

  /** One that stays would hold all of this until it goes off. */
  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancelTimer();
  }

  private long pendingBytes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes) || closing || end != null) {
      ReferenceCountUtil.release(message);
    } else if (listener == null) {
      early.add(bytes);
    } else {
      listener.bytes(bytes);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (listener != null && end == null && !closing) {
      listener.readComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (listener != null && channel.isWritable()) {
      listener.writable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslCloseCompletionEvent tlsEnd && tlsEnd.isSuccess()) {
      ended(End.FINISHED);
    } else if (event instanceof ChannelInputShutdownEvent && !tls) {
      ended(End.FINISHED);
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended(tls ? End.BROKEN : End.FINISHED);
  }

  /** A reset, a TLS alert, a broken record: whatever it was, the bytes are over. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException || cause instanceof DecoderException)) {
      LOG.warn("a stream failed peer={}", channel.remoteAddress(), cause);
    }
    ended(End.BROKEN);
    ctx.close();
  }

  private void ended(End how) {
    if (end == null) {
      end = how;
      tellEnd();
    } else if (end == End.FINISHED && !tls && !channel.isOpen() && !closing && !lost) {
      // Over TLS close_notify has ended both directions: nothing is lost with the connection then.
      lost = true;
      tellLost();
    }
    if (closing) {
      channel.close();
    }
  }

  private void tellEnd() {
    if (end != null && listener != null) {
      listener.end(end);
      tellLost();
    }
  }

  private void tellLost() {
    if (lost && !closing && listener != null) {
      listener.end(End.BROKEN);
    }
  }
}
