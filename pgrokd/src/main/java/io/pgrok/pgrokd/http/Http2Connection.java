package io.pgrok.pgrokd.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2Connection.Endpoint;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.protocol.http.HeadEnd;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A visitor's connection in HTTP/2: each of its streams is an {@link Http2Visitor}. What they have
 * in common is here: the streams to private services that wait for the next request, and the time
 * for which the connection may have no stream. Confined to the connection's event loop.
 *
 * <pre>
 *   goodbye ──▶ codec (frames, flow control) ──▶ streams (a channel each) ──▶ idle (this: what is left)
 * </pre>
 */
final class Http2Connection extends ChannelInboundHandlerAdapter implements HttpFront.Connection {

  /** Requests at a time. */
  static final int MAX_STREAMS = 100;

  /** Bytes of request bodies that a connection may send ahead of what services take. */
  static final int CONNECTION_WINDOW = 1024 * 1024;

  /** The same for one request. */
  static final int STREAM_WINDOW = 256 * 1024;

  /** Requests that a visitor may take back within {@link #RESET_SECONDS}, as rapid reset does. */
  static final int MAX_RESETS = 200;

  static final int RESET_SECONDS = 30;

  /** Streams to private services that wait for another request. */
  private static final int MAX_KEPT = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);

  private final Channel channel;
  private final HttpFront front;
  private final Peer peer;
  private final Deque<Upstream> kept = new ArrayDeque<>();
  private final Deadline idle;
  private final Set<Http2Visitor> streams = new HashSet<>();
  private boolean closed;

  private Http2Connection(Channel channel, HttpFront front, Peer peer) {
    this.channel = channel;
    this.front = front;
    this.peer = peer;
    this.idle = new Deadline(channel.eventLoop(), () -> channel.close());
  }

  static void serve(Channel channel, HttpFront front, Peer peer) {
    Http2Connection connection = new Http2Connection(channel, front, peer);
    Http2FrameCodec codec = connection.codec();
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    channel
        .pipeline()
        .addLast("goodbye", new LingeringClose())
        .addLast("http2", codec)
        .addLast("streams", new Http2MultiplexHandler(connection.initializer()))
        .addLast("idle", connection);
    connection.widen(codec);
    connection.idle.set(front.timing().requestHead());
    front.entered(connection);
    channel.closeFuture().addListener(_ -> connection.ended());
    // Flow control bounds what comes, not the reads.
    channel.config().setAutoRead(true);
  }

  private Http2FrameCodec codec() {
    return Http2FrameCodecBuilder.forServer()
        .initialSettings(
            Http2Settings.defaultSettings()
                .maxConcurrentStreams(MAX_STREAMS)
                .initialWindowSize(STREAM_WINDOW)
                .maxHeaderListSize(HeadEnd.MAX_LENGTH))
        .validateRequiredPseudoHeaders(true)
        .decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS)
        .decoderEnforceMaxConsecutiveEmptyDataFrames(2)
        .gracefulShutdownTimeoutMillis(front.timing().drain().toMillis())
        .build();
  }

  private ChannelInitializer<Channel> initializer() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel stream) {
        stream.config().setAutoRead(false);
        stream.pipeline().addLast(new Http2Visitor(Http2Connection.this, stream));
      }
    };
  }

  private void widen(Http2FrameCodec codec) {
    Endpoint<Http2LocalFlowController> local = codec.connection().local();
    try {
      local
          .flowController()
          .incrementWindowSize(
              codec.connection().connectionStream(),
              CONNECTION_WINDOW - io.netty.handler.codec.http2.Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
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

  /** A request begins. */
  void opened(Http2Visitor stream) {
    streams.add(stream);
    idle.clear();
  }

  /** A request is over. */
  void over(Http2Visitor stream) {
    streams.remove(stream);
    if (streams.isEmpty() && !closed) {
      idle.set(front.timing().keepAlive());
    }
  }

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

  private void ended() {
    closed = true;
    idle.cancel();
    front.left(this);
    kept.forEach(Upstream::giveBack);
    kept.clear();
    List.copyOf(streams).forEach(Http2Visitor::connectionLost);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    ReferenceCountUtil.release(frame); // SETTINGS, PING and such: the codec has answered them
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception) {
      return; // the codec says what is wrong, and closes
    }
    if (!(cause instanceof IOException)) {
      LOG.warn("an HTTP/2 connection failed peer={}", channel.remoteAddress(), cause);
    }
    ctx.close();
  }
}
