package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.pgrok.pgrokd.tunnel.Tunnel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A visitor's connection in HTTP/2: each of its streams is an {@link Http2Visitor}, told of its
 * frames from here. What they have in common is here: the streams to private services that wait for
 * the next request, and the time for which the connection may have no stream. Confined to the
 * connection's event loop.
 *
 * <pre>
 *   goodbye ──▶ flush ──▶ http2 (frames, flow control) ──▶ this, for each stream its Http2Visitor
 * </pre>
 */
final class Http2Connection extends Http2FrameAdapter implements HttpFront.Connection {

  /** Bytes of request bodies that a connection may send ahead of what services take. */
  static final int CONNECTION_WINDOW = 1024 * 1024;

  /** A turn of the event loop that writes more than this flushes in between. */
  private static final int FLUSH_BYTES = 64 * 1024;

  /** Streams to private services that wait for another request. */
  private static final int MAX_KEPT = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);

  private final Channel channel;
  private final HttpFront front;
  private final Peer peer;
  private final Http2Codec codec;
  private final PropertyKey visitorKey;
  private final ChannelHandlerContext ctx;
  private final Deque<Upstream> kept = new ArrayDeque<>();
  private final Deadline idle;
  private int requests;
  private int unflushed;
  private boolean dirty;
  private boolean flushing;
  private boolean closed;

  private Http2Connection(Channel channel, HttpFront front, Peer peer) {
    this.channel = channel;
    this.front = front;
    this.peer = peer;
    this.idle = new Deadline(channel.eventLoop(), () -> channel.close());
    this.codec = Http2Codec.of(this, front.timing().drain());
    this.visitorKey = codec.connection().newKey();
    codec.connection().addListener(new Ends());
    codec.connection().remote().flowController().listener(this::writabilityChanged);
    channel
        .pipeline()
        .addLast("goodbye", new LingeringClose())
        .addLast("flush", new NeededFlush())
        .addLast("http2", codec)
        .addLast("faults", new Faults());
    this.ctx = channel.pipeline().context(codec);
  }

  static void serve(Channel channel, HttpFront front, Peer peer) {
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    Http2Connection connection = new Http2Connection(channel, front, peer);
    connection.widen();
    connection.idle.set(front.timing().requestHead());
    front.entered(connection);
    channel.closeFuture().addListener(_ -> connection.ended());
    // Flow control bounds what comes, not the reads.
    channel.config().setAutoRead(true);
  }

  private void widen() {
    try {
      credits()
          .incrementWindowSize(
              codec.connection().connectionStream(),
              CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Http2LocalFlowController credits() {
    return codec.connection().local().flowController();
  }

  HttpFront front() {
    return front;
  }

  Peer peer() {
    return peer;
  }

  Channel channel() {
    return channel;
  }

  // What comes. The codec has checked that it may.

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean last) {
    onHeadersRead(ctx, id, headers, padding, last);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last) {
    Http2Stream stream = codec.connection().stream(id);
    Http2Visitor known = visitor(stream);
    if (known != null) {
      guarded(known, visitor -> visitor.trailers(headers));
      return;
    }
    Http2Visitor visitor = new Http2Visitor(this, stream);
    stream.setProperty(visitorKey, visitor);
    requests++;
    idle.clear();
    guarded(visitor, v -> v.head(headers, last));
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int id, ByteBuf bytes, int padding, boolean last) {
    Http2Visitor visitor = visitor(codec.connection().stream(id));
    if (visitor == null) {
      return bytes.readableBytes() + padding; // nobody wants it
    }
    guarded(visitor, v -> v.data(bytes, padding, last));
    return 0;
  }

  /** A fault in the code that serves one stream ends that stream, and no other. */
  private void guarded(Http2Visitor visitor, Consumer<Http2Visitor> action) {
    try {
      action.accept(visitor);
    } catch (RuntimeException e) {
      LOG.error("an HTTP/2 stream failed peer={}", channel.remoteAddress(), e);
      visitor.abort();
    }
  }

  private void writabilityChanged(Http2Stream stream) {
    Http2Visitor visitor = visitor(stream);
    if (visitor != null) {
      guarded(visitor, Http2Visitor::writabilityChanged);
    }
  }

  private @Nullable Http2Visitor visitor(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(visitorKey);
  }

  /** Hears of streams that have ended, in whatever way. */
  private final class Ends extends Http2ConnectionAdapter {
    @Override
    public void onStreamClosed(Http2Stream stream) {
      Http2Visitor visitor = visitor(stream);
      if (visitor != null) {
        guarded(visitor, Http2Visitor::closed);
        if (--requests == 0 && !closed) {
          idle.set(front.timing().keepAlive());
        }
      }
    }
  }

  // What goes; for streams that have not ended.

  ChannelFuture writeHeaders(Http2Stream stream, Http2Headers headers, boolean last) {
    dirty = true;
    return codec.encoder().writeHeaders(ctx, stream.id(), headers, 0, last, ctx.newPromise());
  }

  /** Takes over the bytes. */
  ChannelFuture writeData(Http2Stream stream, ByteBuf bytes, boolean last) {
    dirty = true;
    unflushed += bytes.readableBytes();
    ChannelFuture sent =
        codec.encoder().writeData(ctx, stream.id(), bytes, 0, last, ctx.newPromise());
    if (unflushed >= FLUSH_BYTES) {
      flushNow();
    }
    return sent;
  }

  void reset(Http2Stream stream, Http2Error why) {
    dirty = true;
    codec.resetStream(ctx, stream.id(), why.code(), ctx.newPromise());
    flush();
  }

  boolean isWritable(Http2Stream stream) {
    return codec.connection().remote().flowController().isWritable(stream);
  }

  /** Bytes of a request's body have been taken: as many more may come. */
  void giveBack(Http2Stream stream, int bytes) {
    try {
      if (credits().consumeBytes(stream, bytes)) {
        dirty = true;
        flush();
      }
    } catch (Http2Exception e) {
      throw new IllegalStateException("more was given back than had come", e);
    }
  }

  /** What all streams say in a turn of the event loop leaves together. */
  void flush() {
    if (requests <= 1) {
      flushNow();
    } else if (!flushing) {
      flushing = true;
      channel
          .eventLoop()
          .execute(() -> {
            flushing = false;
            flushNow();
          });
    }
  }

  private void flushNow() {
    if (dirty) {
      dirty = false;
      unflushed = 0;
      codec.flush(ctx);
    }
  }

  // The streams to private services.

  /** A stream that an earlier request left behind and that is fit for this one; null for none. */
  @Nullable Upstream take(Tunnel tunnel, RequestHead request) {
    for (Iterator<Upstream> all = kept.descendingIterator(); all.hasNext(); ) {
      Upstream upstream = all.next();
      if (!upstream.isOpen()) {
        all.remove();
        upstream.stream().close();
      } else if (upstream.serves(tunnel) && Exchange.mayReuse(upstream, request)) {
        all.remove();
        return upstream;
      }
    }
    return null;
  }

  /** Keeps a stream for another request. */
  void keep(Upstream upstream) {
    if (closed) {
      upstream.giveBack();
      return;
    }
    kept.addLast(upstream);
    if (kept.size() > MAX_KEPT) {
      kept.removeFirst().giveBack();
    }
  }

  /** The codec says goodbye, and ends the connection when the last stream has ended. */
  @Override
  public void drain() {
    channel.close();
  }

  @Override
  public void hurry() {
    channel
        .eventLoop()
        .execute(() -> {
          try {
            codec
                .connection()
                .forEachActiveStream(stream -> {
                  Http2Visitor visitor = visitor(stream);
                  if (visitor != null) {
                    guarded(visitor, Http2Visitor::hurry);
                  }
                  return true;
                });
          } catch (Http2Exception e) {
            throw new IllegalStateException("no stream was asked for what fails", e);
          }
        });
  }

  private void ended() {
    closed = true;
    idle.cancel();
    front.left(this);
    kept.forEach(Upstream::giveBack);
    kept.clear();
  }

  private final class Faults extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!(cause instanceof IOException)) {
        LOG.warn("an HTTP/2 connection failed peer={}", channel.remoteAddress(), cause);
      }
      ctx.close();
    }
  }
}
