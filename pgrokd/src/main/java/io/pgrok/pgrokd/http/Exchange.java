package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgrok.pgrokd.traffic.Visit;
import io.pgrok.pgrokd.tunnel.Carrier;
import io.pgrok.pgrokd.tunnel.NoStreamException;
import io.pgrok.pgrokd.tunnel.StreamOpening;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.BodyScanner;
import io.pgrok.protocol.http.ChunkScanner;
import io.pgrok.protocol.http.Framing;
import io.pgrok.protocol.http.Head;
import io.pgrok.protocol.http.HeadEnd;
import io.pgrok.protocol.relay.ByteStream;
import io.pgrok.protocol.relay.ByteStream.End;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer.
 *
 * <pre>
 *   opening ──▶ open ──▶ answering ──▶ over
 *      ▲          │  the stream ended without a byte, and the request may be sent again;
 *      └──────────┘  or the agent did not reach the private service: another one, or wait
 * </pre>
 *
 * Confined to the visitor's event loop, where it also hears of the upstream.
 */
final class Exchange implements ByteStream.Listener {

  /**
   * A request that must not be sent twice goes over a used stream only when that was used just now:
   * the private service may be about to close it.
   */
  private static final Duration FRESH = Duration.ofSeconds(2);

  private static final Duration LONG_AGO = Duration.ofHours(1);

  private static final long NOT_MISSED = 0;

  private final VisitorSide visitor;
  private final RequestHead request;
  private final Tunnel tunnel;
  private final Origin origin;
  private final Visit visit;
  private final boolean probe;
  private final BodyScanner requestBody;
  private final HeadEnd headEnd = new HeadEnd();
  private @Nullable Upstream upstream;
  private @Nullable CompletableFuture<StreamOpening.Opened> opening;
  private boolean reused;
  private boolean retried;
  private boolean heardBack;
  private final Set<Carrier> passedOver = new HashSet<>();
  private long missedAt = NOT_MISSED;
  private final SentBody sentBody = new SentBody();
  private int headBytes;
  private @Nullable ResponseHead response;
  private BodyScanner responseBody = BodyScanner.of(Framing.NONE);
  private ByteBuf input = Unpooled.EMPTY_BUFFER;
  private boolean keepsVisitor;
  private boolean over;

  Exchange(VisitorSide visitor, Reception.Serve served) {
    this.visitor = visitor;
    this.request = served.request();
    this.tunnel = served.tunnel();
    this.origin = served.origin();
    this.visit = served.visit();
    this.probe = served.probe();
    this.requestBody =
        request.framing() instanceof Framing.Chunked
            ? new ChunkScanner(RequestTrailers.INSTANCE)
            : BodyScanner.of(request.framing());
  }

  static boolean mayReuse(Upstream upstream, RequestHead request) {
    return request.upgrade() == null
        && (request.isReplayable() || upstream.idle().compareTo(FRESH) < 0);
  }

  Visit visit() {
    return visit;
  }

  RequestHead request() {
    return request;
  }

  void start(@Nullable Upstream kept) {
    if (kept == null) {
      open();
    } else {
      reused = true;
      attach(kept);
    }
  }

  private void open() {
    StreamOpening streams = visitor.front().opening();
    String address = visitor.peer().text();
    List<Carrier> order = streams.order(tunnel, passedOver);
    StreamOpening.Opened rested = mayTakeRested() ? rested(streams, order, address) : null;
    if (rested != null) {
      reused = true;
      attach(Upstream.over(tunnel, rested, visitor.executor()));
      return;
    }
    CompletableFuture<StreamOpening.Opened> stream =
        probe ? streams.probe(tunnel, address) : streams.open(tunnel, order, address);
    opening = stream;
    stream.whenComplete((opened, failure) ->
        visitor
            .executor()
            .execute(() -> {
              if (failure != null) {
                unreachable(failure);
              } else {
                opened(opened);
              }
            }));
  }

  private boolean mayTakeRested() {
    return !retried && passedOver.isEmpty() && !probe && request.upgrade() == null;
  }

  /** A stream that another visitor has left behind. */
  private StreamOpening.@Nullable Opened rested(
      StreamOpening opening, List<Carrier> order, String address) {
    return opening.reuse(tunnel, order, address, request.isReplayable() ? LONG_AGO : FRESH);
  }

  private void unreachable(Throwable failure) {
    if (over) {
      return;
    }
    NoStreamException.Reason reason =
        failure instanceof NoStreamException known ? known.reason() : NoStreamException.Reason.GONE;
    if (reason == NoStreamException.Reason.GONE && !probe && mayWait()) {
      waitForComeback();
      return;
    }
    String host = request.authority();
    fail(
        switch (reason) {
          case GONE ->
              Answer.gateway(
                  502, "The agent of tunnel " + host + " has gone", "It may be restarting.");
          case TIMEOUT ->
              Answer.gateway(
                  504,
                  "The agent of tunnel " + host + " did not answer in time",
                  "It is registered, but opens no connection: is its network all right?");
          case BUSY ->
              Answer.gateway(
                  503, "Too many visitors wait for tunnel " + host, "Try again in a moment.");
        });
  }

  private void opened(StreamOpening.Opened opened) {
    if (over) {
      opened.stream().close();
    } else {
      attach(Upstream.over(tunnel, opened, visitor.executor()));
    }
  }

  /**
   * The agent has not reached its private service, as the old pod's of a rolling update: another
   * member is asked, or the visitor waits for one.
   *
   * @return false when there is nothing better than the agent's answer
   */
  private boolean askElsewhere(Upstream unserved) {
    passedOver.add(unserved.carrier());
    boolean others =
        tunnel.members().stream()
            .map(Tunnel.Member::carrier)
            .anyMatch(carrier -> carrier.isAlive() && !passedOver.contains(carrier));
    if (!sentBody.isWhole() || (!others && !mayWait())) {
      return false;
    }
    unserved.use(DISCARD);
    unserved.stream().abort();
    upstream = null;
    reused = false;
    heardBack = false;
    input.release();
    input = Unpooled.EMPTY_BUFFER;
    if (others) {
      open();
    } else {
      waitForComeback();
    }
    return true;
  }

  private boolean mayWait() {
    long now = System.nanoTime() | 1; // never NOT_MISSED
    if (missedAt == NOT_MISSED) {
      missedAt = now;
    }
    return tunnel.mayComeBack(Duration.ofNanos(now - missedAt));
  }

  private void waitForComeback() {
    passedOver.clear();
    tunnel
        .comeback()
        .await(
            visitor.executor(),
            () -> {
              if (!over) {
                open();
              }
            });
  }

  private void attach(Upstream next) {
    upstream = next;
    next.use(this);
    if (request.signsConnectionIn()) {
      next.personal();
    }
    next.stream().write(Forwarded.request(HttpVisitor.allocator(), request, origin));
    sentBody.writeAgain(next.stream());
    visitor.bodyWanted();
    next.stream().flush();
    next.stream().read();
  }

  boolean isOpen() {
    return upstream != null;
  }

  boolean hasWholeBody() {
    return requestBody.isDone();
  }

  boolean hasAnswered() {
    return response != null;
  }

  /** Whether the upstream can take more of the request's body. */
  boolean takesBody() {
    return upstream != null && upstream.stream().isWritable();
  }

  /** Whether the service takes nothing of a request's body that goes on. */
  boolean isHeldUp() {
    return upstream != null && !requestBody.isDone() && !upstream.stream().isWritable();
  }

  /**
   * No byte of the request's body has been passed on for too long, and more is to come.
   *
   * @return whether it is the visitor who keeps us waiting
   */
  boolean isKeptWaiting() {
    if (takesBody()) {
      return true;
    }
    if (upstream != null && response == null) {
      fail(
          Answer.gateway(
              504,
              "The service behind tunnel " + request.authority() + " takes no more of the request",
              "It is connected, but reads nothing."));
    }
    return false;
  }

  /**
   * Passes on what belongs to the body.
   *
   * @return false when nothing can be taken now
   */
  boolean takeBody(ByteBuf in) throws BadHttpException {
    Upstream open = upstream;
    if (open == null || requestBody.isDone()) {
      return false;
    }
    int length = requestBody.scan(in);
    if (length > 0) {
      visit.received(length);
      ByteBuf part = in.readRetainedSlice(length);
      sentBody.add(part);
      open.stream().write(part);
      visitor.bodyArrived(requestBody.isDone());
    }
    return length > 0;
  }

  void flushBody() {
    if (upstream != null) {
      upstream.stream().flush();
    }
  }

  void visitorWritable() {
    if (upstream != null) {
      upstream.stream().read();
    }
  }

  @Override
  public void bytes(ByteBuf bytes) {
    if (over) {
      bytes.release();
      return;
    }
    heardBack = true;
    input = HttpVisitor.append(input, bytes);
    try {
      advance();
    } catch (BadHttpException e) {
      unusable(e);
    }
  }

  private void advance() throws BadHttpException {
    while (!over && input.isReadable()) {
      if (response == null) {
        int length = headEnd.find(input);
        if (length < 0) {
          return;
        }
        Head head = Head.read(input, length, Head.Lines.LENIENT);
        headBytes += length;
        answered(ResponseHead.of(head, request));
      } else {
        int length = responseBody.scan(input);
        visit.sent(length);
        visitor.body(input.readRetainedSlice(length));
        if (responseBody.isDone()) {
          finish();
        }
      }
    }
  }

  private void answered(ResponseHead head) throws BadHttpException {
    if (head.status() == 101) {
      upgrade(head);
    } else if (head.isInterim()) {
      if (headBytes > HeadEnd.MAX_LENGTH) {
        // HTTP/2 would hold them all for a visitor who does not read: they are outside its windows.
        throw new BadHttpException("It announces an answer again and again, and gives none.");
      }
      if (request.version() > 0) {
        visitor.interim(head);
      }
    } else if (head.isUnserved() && !probe && upstream != null && askElsewhere(upstream)) {
      return;
    } else {
      if (!head.isUnserved()) {
        tunnel.comeback().served();
      }
      sentBody.forget();
      response = head;
      responseBody = BodyScanner.of(head.framing());
      keepsVisitor = keepsVisitor(head);
      visitor.begin(head, keepsVisitor);
      if (responseBody.isDone()) {
        finish();
      }
    }
  }

  /** Not where the rest of a request's body may never come, as after a refusal of an Expect. */
  private boolean keepsVisitor(ResponseHead head) {
    return request.wantsKeepAlive()
        && requestBody.isDone()
        && !(head.framing() instanceof Framing.UntilClose)
        && !visitor.front().isDraining();
  }

  private void upgrade(ResponseHead head) throws BadHttpException {
    Upstream open = upstream;
    if (open == null || request.upgrade() == null || !request.upgrade().equals(head.upgrade())) {
      throw new BadHttpException("The private service switched to a protocol nobody asked for.");
    }
    over = true;
    sentBody.forget();
    ByteBuf first = input;
    input = Unpooled.EMPTY_BUFFER;
    visitor.upgraded(head, first, open, visit);
  }

  private void finish() {
    Upstream open = upstream;
    ResponseHead head = response;
    if (open == null || head == null) {
      return;
    }
    visit.ended(head.status(), true);
    boolean clean = !input.isReadable() && requestBody.isDone();
    release();
    boolean reusable = clean && head.keepsAlive() && !request.isOftenMisread() && !probe;
    if (reusable) {
      open.rest();
    } else {
      open.use(DISCARD);
      open.stream().close();
    }
    visitor.finished(keepsVisitor, reusable ? open : null);
  }

  @Override
  public void readComplete() {
    visitor.flush();
    if (!visitor.isWritable()) {
      visitor.stalled();
    } else if (upstream != null) {
      upstream.stream().read();
    }
  }

  @Override
  public void writable() {
    if (!requestBody.isDone()) {
      visitor.bodyArrived(false); // it was the service that kept us waiting
    }
    visitor.demand();
  }

  @Override
  public void end(End end) {
    if (over) {
      return;
    }
    ResponseHead head = response;
    if (head == null) {
      endedUnanswered(end);
    } else if (head.framing() instanceof Framing.UntilClose && end == End.FINISHED) {
      finish();
    } else {
      // The visitor must be able to tell that this was not all.
      visitor.abort();
    }
  }

  private void endedUnanswered(End end) {
    Upstream ended = upstream;
    boolean lost = reused || end == End.BROKEN;
    if (ended != null) {
      ended.use(DISCARD);
      ended.stream().close();
    }
    if (lost && !heardBack && !retried && request.isReplayable()) {
      retried = true;
      reused = false;
      upstream = null;
      open();
    } else {
      fail(
          Answer.gateway(
              502,
              "The service behind tunnel " + request.authority() + " closed without an answer",
              "Is it running, and does it speak HTTP on this port?"));
    }
  }

  private void unusable(BadHttpException why) {
    if (response != null) {
      visitor.abort();
    } else {
      fail(
          Answer.gateway(
              502,
              "The service behind tunnel " + request.authority() + " did not answer in HTTP",
              why.reason()));
    }
  }

  private void fail(Answer answer) {
    visit.ended(answer.status(), true);
    abandon();
    visitor.failed(this, answer);
  }

  /** The visitor has gone, or must not get an answer. */
  void cancel() {
    if (!over) {
      abandon();
    }
  }

  private void abandon() {
    visit.ended(response == null ? 0 : response.status(), false);
    release();
    if (upstream != null) {
      upstream.use(DISCARD);
      upstream.stream().abort();
    } else if (opening != null) {
      opening.cancel(false);
    }
  }

  private void release() {
    over = true;
    sentBody.forget();
    input.release();
    input = Unpooled.EMPTY_BUFFER;
  }

  /** Hears a stream that is on its way out. */
  private static final ByteStream.Listener DISCARD =
      new ByteStream.Listener() {
        @Override
        public void bytes(ByteBuf bytes) {
          bytes.release();
        }

        @Override
        public void readComplete() {}

        @Override
        public void writable() {}

        @Override
        public void end(End end) {}
      };
}
