package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.pgrok.pgrokd.traffic.Rejection;
import io.pgrok.pgrokd.traffic.Visit;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Framing;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One stream of HTTP/2: one request and its answer. What comes is framed as HTTP/1 for the {@link
 * Exchange}, what goes is unframed. Confined to the connection's event loop.
 */
final class Http2Visitor extends ChannelInboundHandlerAdapter implements VisitorSide {

  private static final ByteBuf CRLF =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(2).writeByte('\r').writeByte('\n').asReadOnly());

  private final Http2Connection connection;
  private final Channel channel;
  private final Deadline body;
  private final Deadline taking;
  private @Nullable RequestHead request;
  private @Nullable Exchange exchange;
  private Http2Answer.@Nullable Body answer;
  private ByteBuf input = Unpooled.EMPTY_BUFFER;
  private @Nullable ChannelFuture last;
  private boolean chunked;
  private boolean ended;
  private boolean over;

  Http2Visitor(Http2Connection connection, Channel channel) {
    this.connection = connection;
    this.channel = channel;
    this.body = new Deadline(channel.eventLoop(), this::bodyTooSlow);
    this.taking = new Deadline(channel.eventLoop(), this::abort);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    connection.opened(this);
    channel.closeFuture().addListener(_ -> closed());
    channel.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    try {
      switch (frame) {
        case Http2HeadersFrame head when request == null -> begin(head);
        case Http2HeadersFrame trailers -> end(trailers.headers());
        case Http2DataFrame data -> data(data);
        default -> {}
      }
    } catch (BadHttpException e) {
      refuse(e);
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  private void begin(Http2HeadersFrame head) throws BadHttpException {
    ended = head.isEndStream();
    RequestHead asked = Http2Request.of(head.headers(), ended);
    request = asked;
    chunked = asked.framing() instanceof Framing.Chunked;
    switch (Reception.of(front(), asked, peer(), "HTTP/2")) {
      case Reception.Reply(Visit visit, Answer reply) -> {
        visit.ended(reply.status(), true);
        answer(reply);
      }
      case Reception.Serve serve -> {
        exchange = new Exchange(this, serve);
        exchange.start(serve.probe() ? null : connection.take(serve.tunnel(), asked));
        if (asked.hasBody()) {
          body.set(front().timing().requestBody());
        }
      }
    }
  }

  private void data(Http2DataFrame data) throws BadHttpException {
    ByteBuf content = data.content();
    if (content.isReadable()) {
      ByteBuf bytes = content.retain();
      append(chunked ? chunk(bytes) : bytes);
    }
    if (data.isEndStream()) {
      end(null);
    } else {
      advance();
    }
  }

  private static ByteBuf chunk(ByteBuf data) {
    String size = Integer.toHexString(data.readableBytes()) + "\r\n";
    return Unpooled.wrappedBuffer(
        Unpooled.copiedBuffer(size, StandardCharsets.US_ASCII), data, CRLF.duplicate());
  }

  private void end(@Nullable Http2Headers trailers) throws BadHttpException {
    ended = true;
    if (chunked) {
      append(Unpooled.copiedBuffer(Http2Request.lastChunk(trailers), StandardCharsets.ISO_8859_1));
    }
    advance();
  }

  private void append(ByteBuf bytes) {
    if (over) {
      bytes.release();
    } else {
      input = HttpVisitor.append(input, bytes);
    }
  }

  private void advance() throws BadHttpException {
    Exchange current = exchange;
    while (current != null && !over && input.isReadable()) {
      if (!current.takeBody(input)) {
        return;
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (exchange != null && !over) {
      exchange.flushBody();
    }
    demand();
  }

  @Override
  public void demand() {
    if (over || ended) {
      return;
    }
    // What is not read is not credited: the visitor stops at its window.
    if (exchange == null || (exchange.takesBody() && !input.isReadable())) {
      channel.read();
    }
  }

  @Override
  public void bodyWanted() {
    try {
      advance();
    } catch (BadHttpException e) {
      refuse(e);
    }
    if (exchange != null && !over) {
      exchange.flushBody();
    }
    demand();
  }

  @Override
  public void bodyArrived(boolean whole) {
    if (whole) {
      body.clear();
    } else {
      body.set(front().timing().requestBody());
    }
  }

  private void bodyTooSlow() {
    Exchange current = exchange;
    if (current == null || current.hasWholeBody()) {
      return;
    }
    if (current.isKeptWaiting()) {
      refuse(new BadHttpException(408, "The request's body did not arrive in time."));
    } else if (!over) {
      body.set(front().timing().requestBody());
    }
  }

  /** Ends the stream over something that no client should send. */
  private void refuse(BadHttpException why) {
    front().traffic().rejected(why.status() == 408 ? Rejection.TOO_SLOW : Rejection.BAD_REQUEST);
    if (exchange != null && exchange.hasAnswered()) {
      abort();
      return;
    }
    if (exchange != null) {
      exchange.visit().ended(why.status(), true);
    }
    answer(Answer.of(why));
  }

  /** Answers in the place of a private service. */
  private void answer(Answer reply) {
    RequestHead asked = request;
    Answer.Format format =
        asked == null ? Answer.Format.TEXT : Answer.Format.of(asked.first("accept"));
    byte[] text = reply.body(format).getBytes(StandardCharsets.UTF_8);
    boolean bare = asked != null && asked.isHead();
    ChannelFuture last =
        channel.write(
            new DefaultHttp2HeadersFrame(Http2Answer.headers(reply, format, text.length), bare));
    if (!bare) {
      last = channel.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(text), true));
    }
    finish(last);
  }

  @Override
  public void interim(ResponseHead head) {
    channel.write(new DefaultHttp2HeadersFrame(Http2Answer.headers(head)));
  }

  @Override
  public void begin(ResponseHead head, boolean keepAlive) {
    answer =
        new Http2Answer.Body(
            head.framing(), bytes -> channel.write(new DefaultHttp2DataFrame(bytes)));
    boolean bare = head.framing() instanceof Framing.None;
    last = channel.write(new DefaultHttp2HeadersFrame(Http2Answer.headers(head), bare));
    if (bare) {
      answer = null;
    }
  }

  @Override
  public void body(ByteBuf bytes) {
    if (answer == null) {
      bytes.release();
    } else {
      answer.part(bytes);
    }
  }

  @Override
  public void finished(boolean keepAlive, @Nullable Upstream reusable) {
    if (answer != null) {
      Http2Headers trailers = answer.trailers();
      last =
          channel.write(
              trailers == null
                  ? new DefaultHttp2DataFrame(true)
                  : new DefaultHttp2HeadersFrame(trailers, true));
    }
    if (reusable != null) {
      connection.keep(reusable);
    }
    finish(last);
  }

  @Override
  public void failed(Exchange failed, Answer reply) {
    answer(reply);
  }

  /** The answer is whole; what the visitor would still send is not wanted any more. */
  private void finish(@Nullable ChannelFuture last) {
    release();
    channel.flush();
    if (last != null && !last.isDone()) {
      taking.set(front().timing().visitorStall());
    }
    if (last != null) {
      last.addListener(sent -> {
        taking.cancel();
        // Not before: a reset drops what waits for the visitor's window.
        if (!ended && sent.isSuccess()) {
          channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
      });
    }
  }

  @Override
  public void abort() {
    reset(Http2Error.INTERNAL_ERROR);
  }

  private void reset(Http2Error why) {
    release();
    channel.writeAndFlush(new DefaultHttp2ResetFrame(why));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ResetFrame) {
      release();
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      taking.clear();
      if (exchange != null && !over) {
        exchange.visitorWritable();
      }
    }
  }

  /** A stream with frames that nobody has asked for would not hear of its connection's end. */
  void connectionLost() {
    channel.close();
  }

  private void closed() {
    release();
    taking.cancel();
    connection.over(this);
  }

  private void release() {
    if (over) {
      return;
    }
    over = true;
    body.cancel();
    taking.clear();
    input.release();
    input = Unpooled.EMPTY_BUFFER;
    if (exchange != null) {
      exchange.cancel();
    }
    // What still comes is dropped: a stream ends only once all of its frames have been read.
    channel.config().setAutoRead(true);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    reset(cause instanceof Http2Exception e ? e.error() : Http2Error.INTERNAL_ERROR);
  }

  @Override
  public void upgraded(ResponseHead head, ByteBuf first, Upstream upstream, Visit visit) {
    throw new IllegalStateException("HTTP/2 asks for no upgrade");
  }

  @Override
  public void stalled() {
    taking.set(front().timing().visitorStall());
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public HttpFront front() {
    return connection.front();
  }

  @Override
  public Peer peer() {
    return connection.peer();
  }

  @Override
  public EventExecutor executor() {
    return channel.eventLoop();
  }
}
