package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.EventExecutor;
import io.pgrok.pgrokd.traffic.Rejection;
import io.pgrok.pgrokd.traffic.Visit;
import io.pgrok.pgrokd.traffic.WatchedStream;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Head;
import io.pgrok.protocol.http.HeadEnd;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ByteStream.End;
import io.pgrok.protocol.relay.Relay;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One visitor's connection: request after request, each routed by its own Host, each answered
 * before the next begins. Confined to the connection's event loop.
 */
final class HttpVisitor implements VisitorSide, HttpFront.Connection, ByteStream.Listener {

  /** Bytes of a body that are taken before there is a stream to send them on. */
  private static final int MAX_EARLY_BODY = 64 * 1024;

  private final ByteStream visitor;
  private final HttpFront front;
  private final Peer peer;
  private final @Nullable Consumer<ByteBuf> http2;
  private final HeadEnd headEnd = new HeadEnd();
  private final Deadline deadline;
  private final Deadline taking;
  private ByteBuf input = Unpooled.EMPTY_BUFFER;
  private @Nullable Exchange exchange;
  private @Nullable Upstream kept;
  private ByteStream.@Nullable Listener raw;
  private boolean inHead = true;
  private boolean first = true;
  private boolean closed;
  private boolean saidAll;

  /**
   * @param http2 takes the connection over, with what came of it, when the visitor begins to speak
   *     HTTP/2 by itself; null where that is not expected
   */
  HttpVisitor(ByteStream visitor, HttpFront front, Peer peer, @Nullable Consumer<ByteBuf> http2) {
    this.visitor = visitor;
    this.front = front;
    this.peer = peer;
    this.http2 = http2;
    this.deadline = new Deadline(visitor.executor(), this::expired);
    this.taking = new Deadline(visitor.executor(), this::abort);
  }

  void begin() {
    deadline.set(front.timing().requestHead());
    visitor.listen(this);
    visitor.read();
  }

  @Override
  public void bytes(ByteBuf bytes) {
    if (raw != null) {
      raw.bytes(bytes);
    } else if (closed) {
      bytes.release();
    } else {
      input = append(input, bytes);
      advance();
    }
  }

  static ByteBuf append(ByteBuf input, ByteBuf more) {
    if (input.isReadable()) {
      return ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ByteBufAllocator.DEFAULT, input, more);
    }
    input.release();
    return more;
  }

  /** Goes as far as the bytes that are there allow. */
  private void advance() {
    try {
      while (!closed && raw == null && input.isReadable()) {
        if (exchange != null) {
          if (!exchange.takeBody(input)) {
            return;
          }
        } else if (!visitor.isWritable() || !beginRequest()) {
          return;
        }
      }
    } catch (BadHttpException e) {
      refuse(e);
    }
  }

  /** Reads a head when it is there; false when more bytes are needed. */
  private boolean beginRequest() throws BadHttpException {
    if (!inHead) {
      inHead = true;
      deadline.set(front.timing().requestHead());
    }
    while (input.readableBytes() >= 2 && input.getShort(input.readerIndex()) == 0x0d0a) {
      input.skipBytes(2); // RFC 9112 section 2.2: some send an empty line after a body
    }
    if (first && http2 != null && startsHttp2()) {
      return switchToHttp2(http2);
    }
    int length = headEnd.find(input);
    if (length < 0) {
      return false;
    }
    first = false;
    RequestHead request = RequestHead.of(Head.read(input, length, Head.Lines.STRICT));
    inHead = false;
    deadline.clear();
    switch (Reception.of(front, request, peer, request.version() == 0 ? "HTTP/1.0" : "HTTP/1.1")) {
      case Reception.Reply(Visit visit, Answer answer) -> answer(request, visit, answer);
      case Reception.Serve serve -> {
        exchange = new Exchange(this, serve);
        exchange.start(keptFor(serve));
        if (request.hasBody()) {
          deadline.set(front.timing().requestBody());
        }
      }
    }
    return true;
  }

  /** No method is called PRI (RFC 9113 section 3.4). */
  private boolean startsHttp2() {
    return input.readableBytes() >= 4 && input.getInt(input.readerIndex()) == 0x50524920;
  }

  private boolean switchToHttp2(Consumer<ByteBuf> next) {
    ByteBuf bytes = input;
    input = Unpooled.EMPTY_BUFFER;
    closed = true;
    left();
    deadline.cancel();
    taking.cancel();
    next.accept(bytes);
    return false;
  }

  /** The stream of the last request, when it leads to the same tunnel and is fit for this one. */
  private @Nullable Upstream keptFor(Reception.Serve next) {
    Upstream upstream = kept;
    kept = null;
    if (upstream == null) {
      return null;
    }
    if (!next.probe()
        && upstream.serves(next.tunnel())
        && Exchange.mayReuse(upstream, next.request())) {
      return upstream;
    }
    upstream.giveBack();
    return null;
  }

  @Override
  public void readComplete() {
    if (raw != null) {
      raw.readComplete();
      return;
    }
    if (exchange != null) {
      exchange.flushBody();
    }
    if (!input.isReadable()) {
      input.release();
      input = Unpooled.EMPTY_BUFFER;
    }
    demand();
  }

  @Override
  public void demand() {
    if (closed || raw != null) {
      return;
    }
    boolean wanted =
        switch (exchange) {
          case null -> visitor.isWritable();
          case Exchange it when it.hasWholeBody() -> !input.isReadable();
          case Exchange it when it.isOpen() -> it.takesBody();
          default -> input.readableBytes() < MAX_EARLY_BODY;
        };
    if (wanted) {
      visitor.read();
    }
  }

  @Override
  public void stalled() {
    if (!closed) {
      taking.set(front.timing().visitorStall());
    }
  }

  @Override
  public void writable() {
    taking.clear();
    if (raw != null) {
      raw.writable();
    } else if (exchange != null) {
      exchange.visitorWritable();
    } else {
      advance();
      demand();
    }
  }

  @Override
  public void end(End end) {
    if (raw != null) {
      raw.end(end);
      left();
    } else {
      close();
    }
  }

  private void expired() {
    if (exchange == null) {
      if (input.isReadable()) {
        refuse(new BadHttpException(408, "The request did not arrive in time."));
      } else {
        close();
      }
    } else if (!exchange.hasWholeBody()) {
      if (exchange.isKeptWaiting()) {
        refuse(new BadHttpException(408, "The request's body did not arrive in time."));
      } else if (!closed) {
        deadline.set(front.timing().requestBody());
      }
    }
  }

  @Override
  public void bodyWanted() {
    advance();
    demand();
  }

  @Override
  public void bodyArrived(boolean whole) {
    if (whole) {
      deadline.clear();
    } else {
      deadline.set(front.timing().requestBody());
    }
  }

  /** Ends the connection over something that no client should send. */
  private void refuse(BadHttpException why) {
    Exchange current = exchange;
    if (current != null && current.hasAnswered()) {
      abort();
      return;
    }
    front.traffic().rejected(why.status() == 408 ? Rejection.TOO_SLOW : Rejection.BAD_REQUEST);
    if (current != null) {
      current.visit().ended(why.status(), true);
    }
    visitor.write(Answer.of(why).encode(allocator(), Answer.Format.TEXT, false, true));
    close();
  }

  /** Answers in the place of a private service that nobody asked. */
  private void answer(RequestHead request, Visit visit, Answer answer) {
    visit.ended(answer.status(), true);
    boolean close = !request.wantsKeepAlive() || request.hasBody() || front.isDraining();
    write(request, answer, close);
    if (close) {
      close();
    } else {
      deadline.set(front.timing().keepAlive());
    }
  }

  private void write(RequestHead request, Answer answer, boolean close) {
    Answer.Format format = Answer.Format.of(request.first("accept"));
    visitor.write(answer.encode(allocator(), format, request.isHead(), close));
    visitor.flush();
  }

  @Override
  public void interim(ResponseHead head) {
    visitor.write(Forwarded.response(allocator(), head, ""));
  }

  @Override
  public void begin(ResponseHead head, boolean keepAlive) {
    boolean mustSayKeep = exchange != null && exchange.request().version() == 0;
    String connection = !keepAlive ? "close" : mustSayKeep ? "keep-alive" : "";
    visitor.write(Forwarded.response(allocator(), head, connection));
  }

  @Override
  public void body(ByteBuf bytes) {
    visitor.write(bytes);
  }

  @Override
  public boolean isWritable() {
    return visitor.isWritable();
  }

  @Override
  public void flush() {
    visitor.flush();
  }

  @Override
  public void failed(Exchange failed, Answer answer) {
    boolean close = !failed.request().wantsKeepAlive() || !failed.hasWholeBody();
    write(failed.request(), answer, close);
    if (close) {
      close();
    } else {
      next();
    }
  }

  @Override
  public void finished(boolean keepAlive, @Nullable Upstream reusable) {
    visitor.flush();
    kept = reusable;
    if (keepAlive && !front.isDraining()) {
      next();
    } else {
      saidAll = saysNoMore();
      close();
    }
  }

  /**
   * Whether the visitor itself asked for the connection's end (RFC 9112 section 9.6), and sent
   * nothing after that. Some clients send a line end after a body.
   */
  private boolean saysNoMore() {
    return exchange != null
        && !exchange.request().wantsKeepAlive()
        && !exchange.request().hasBody()
        && !input.isReadable();
  }

  private void next() {
    exchange = null;
    deadline.set(front.timing().keepAlive());
    visitor.executor().execute(this::resume);
  }

  /** Requests that came along with the last one; not from within its last bytes. */
  private void resume() {
    if (exchange == null) {
      advance();
      demand();
    }
  }

  @Override
  public void upgraded(ResponseHead head, ByteBuf first, Upstream upstream, Visit visit) {
    visitor.write(Forwarded.response(allocator(), head, ""));
    visitor.write(first);
    exchange = null;
    deadline.cancel();
    taking.cancel();
    WatchedStream watched = new WatchedStream(visitor, visit, 101);
    Relay.Sides sides = Relay.sides(watched, upstream.stream());
    upstream.use(sides.ofB());
    ByteStream.Listener relay = watched.counting(sides.ofA());
    raw = relay;
    visitor.flush();
    if (input.isReadable()) {
      relay.bytes(input);
      relay.readComplete();
    } else {
      input.release();
      visitor.read();
    }
    input = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void abort() {
    visitor.abort();
    close();
  }

  @Override
  public void drain() {
    visitor
        .executor()
        .execute(() -> {
          if (exchange == null && raw == null) {
            close();
          }
        });
  }

  @Override
  public void hurry() {
    visitor
        .executor()
        .execute(() -> {
          taking.shorten(HttpFront.HURRY);
          if (exchange != null && exchange.isHeldUp()) {
            deadline.shorten(HttpFront.HURRY);
          }
        });
  }

  private void close() {
    if (closed) {
      return;
    }
    closed = true;
    left();
    deadline.cancel();
    taking.cancel();
    if (saidAll) {
      visitor.closeNow();
    } else {
      visitor.close();
    }
    input.release();
    input = Unpooled.EMPTY_BUFFER;
    if (kept != null) {
      kept.giveBack();
      kept = null;
    }
    if (exchange != null) {
      exchange.cancel();
    }
  }

  private void left() {
    front.left(this);
  }

  @Override
  public HttpFront front() {
    return front;
  }

  @Override
  public EventExecutor executor() {
    return visitor.executor();
  }

  @Override
  public Peer peer() {
    return peer;
  }

  static ByteBufAllocator allocator() {
    return ByteBufAllocator.DEFAULT;
  }
}
