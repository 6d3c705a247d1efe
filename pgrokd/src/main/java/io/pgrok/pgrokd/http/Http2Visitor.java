package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
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
final class Http2Visitor implements VisitorSide {

  private static final ByteBuf CRLF =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(2).writeByte('\r').writeByte('\n').asReadOnly());

  private final Http2Connection connection;
  private final Http2Stream stream;
  private final Deadline body;
  private final Deadline taking;
  private @Nullable RequestHead request;
  private @Nullable Exchange exchange;
  private Http2Answer.@Nullable Body answer;
  private ByteBuf input = Unpooled.EMPTY_BUFFER;
  private @Nullable ChannelFuture last;

  /** The newest part of the answer. */
  private @Nullable ByteBuf held;

  /** Bytes of the body that count in the visitor's window still. */
  private int owed;

  private boolean chunked;
  private boolean ended;
  private boolean over;
  private boolean gone;

  Http2Visitor(Http2Connection connection, Http2Stream stream) {
    this.connection = connection;
    this.stream = stream;
    this.body = new Deadline(executor(), this::bodyTooSlow);
    this.taking = new Deadline(executor(), this::abort);
  }

  /**
   * The request's head.
   *
   * @param last whether there is no body
   */
  void head(Http2Headers headers, boolean last) {
    try {
      begin(headers, last);
    } catch (BadHttpException e) {
      refuse(e);
    }
  }

  /**
   * A part of the request's body.
   *
   * @param bytes not taken over
   * @param padding bytes beside them that count in the window
   */
  void data(ByteBuf bytes, int padding, boolean last) {
    owed += bytes.readableBytes() + padding;
    try {
      if (bytes.isReadable() && !over) {
        ByteBuf part = bytes.retainedSlice();
        input = HttpVisitor.append(input, chunked ? chunk(part) : part);
      }
      if (last) {
        end(null);
      } else {
        advance();
      }
    } catch (BadHttpException e) {
      refuse(e);
    }
    flushBody();
    demand();
  }

  /** What follows the request's body. */
  void trailers(Http2Headers headers) {
    try {
      end(headers);
    } catch (BadHttpException e) {
      refuse(e);
    }
    flushBody();
  }

  private void begin(Http2Headers headers, boolean last) throws BadHttpException {
    ended = last;
    RequestHead asked = Http2Request.of(headers, last);
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

  private static ByteBuf chunk(ByteBuf data) {
    String size = Integer.toHexString(data.readableBytes()) + "\r\n";
    return Unpooled.wrappedBuffer(
        Unpooled.copiedBuffer(size, StandardCharsets.US_ASCII), data, CRLF.duplicate());
  }

  private void end(@Nullable Http2Headers trailers) throws BadHttpException {
    ended = true;
    if (chunked && !over) {
      String lastChunk = Http2Request.lastChunk(trailers);
      input =
          HttpVisitor.append(input, Unpooled.copiedBuffer(lastChunk, StandardCharsets.ISO_8859_1));
    }
    advance();
  }

  private void advance() throws BadHttpException {
    Exchange current = exchange;
    while (current != null && !over && input.isReadable()) {
      if (!current.takeBody(input)) {
        return;
      }
    }
  }

  private void flushBody() {
    if (exchange != null && !over) {
      exchange.flushBody();
    }
  }

  @Override
  public void demand() {
    // What is not given back stops the visitor at its window.
    boolean wanted = over || exchange == null || (exchange.takesBody() && !input.isReadable());
    if (wanted && owed > 0 && !gone) {
      int taken = owed;
      owed = 0;
      connection.giveBack(stream, taken);
    }
  }

  @Override
  public void bodyWanted() {
    try {
      advance();
    } catch (BadHttpException e) {
      refuse(e);
    }
    flushBody();
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
    if (gone) {
      return;
    }
    ChannelFuture last =
        connection.writeHeaders(stream, Http2Answer.headers(reply, format, text.length), bare);
    if (!bare) {
      last = connection.writeData(stream, Unpooled.wrappedBuffer(text), true);
    }
    finish(last);
  }

  @Override
  public void interim(ResponseHead head) {
    if (!gone) {
      connection.writeHeaders(stream, Http2Answer.headers(head), false);
    }
  }

  @Override
  public void begin(ResponseHead head, boolean keepAlive) {
    if (gone) {
      return;
    }
    boolean bare = head.framing() instanceof Framing.None;
    answer = bare ? null : new Http2Answer.Body(head.framing(), this::hold);
    last = connection.writeHeaders(stream, Http2Answer.headers(head), bare);
  }

  /** The last part says that it is the last, so it must be known first. */
  private void hold(ByteBuf bytes) {
    sendHeld(false);
    held = bytes;
  }

  private void sendHeld(boolean end) {
    ByteBuf bytes = held;
    held = null;
    if (bytes != null && gone) {
      bytes.release();
    } else if (bytes != null) {
      last = connection.writeData(stream, bytes, end);
    } else if (end && !gone) {
      last = connection.writeData(stream, Unpooled.EMPTY_BUFFER, true);
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
      sendHeld(trailers == null);
      if (trailers != null && !gone) {
        last = connection.writeHeaders(stream, trailers, true);
      }
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
    connection.flush();
    if (last != null && !last.isDone()) {
      taking.set(front().timing().visitorStall());
    }
    if (last != null) {
      last.addListener(sent -> {
        taking.cancel();
        // Not before: a reset drops what waits for the visitor's window.
        if (!ended && sent.isSuccess()) {
          reset(Http2Error.NO_ERROR);
        }
      });
    }
  }

  @Override
  public void abort() {
    release();
    reset(Http2Error.INTERNAL_ERROR);
  }

  private void reset(Http2Error why) {
    if (!gone) {
      connection.reset(stream, why);
    }
  }

  /** The visitor takes more, or less, than before. */
  void writabilityChanged() {
    if (isWritable()) {
      taking.clear();
      if (exchange != null && !over) {
        exchange.visitorWritable();
      }
    }
  }

  /** As {@link HttpFront.Connection#hurry()}, for one stream. */
  void hurry() {
    taking.shorten(HttpFront.HURRY);
    if (exchange != null && exchange.isHeldUp()) {
      body.shorten(HttpFront.HURRY);
    }
  }

  /** The stream has ended, or its connection has. */
  void closed() {
    gone = true;
    release();
    taking.cancel();
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
    if (held != null) {
      held.release();
      held = null;
    }
    demand(); // what still comes is dropped
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
    return !gone && connection.isWritable(stream);
  }

  @Override
  public void flush() {
    sendHeld(false);
    connection.flush();
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
    return connection.channel().eventLoop();
  }
}
