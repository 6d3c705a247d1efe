package io.pgrok.agent.inspect;

import io.netty.buffer.ByteBuf;
import io.pgrok.protocol.http.BadHttpException;
import io.pgrok.protocol.http.Framing;
import io.pgrok.protocol.http.Head;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes captures of what passes on one connection. Requests and responses are matched by their
 * order, as HTTP/1 has it. Thread-safe: the two directions may be on different event loops.
 */
final class ConnectionRecorder {

  /** A visitor that sends on and on without an answer is not followed further. */
  private static final int MAX_PIPELINED = 64;

  private final Captures captures;
  private Origin origin;
  private final @Nullable Long replayOf;
  private final LongConsumer begun;
  private final MessageScanner requests = new MessageScanner(new Requests());
  private final MessageScanner responses = new MessageScanner(new Responses());
  private final Deque<Capture> unanswered = new ArrayDeque<>();
  private @Nullable Capture requesting;
  private @Nullable WebSocketScanner fromVisitor;
  private @Nullable WebSocketScanner toVisitor;
  private boolean untilClose;
  private boolean lost;

  /** For a visitor from outside. */
  ConnectionRecorder(Captures captures, Origin origin) {
    this(captures, origin, null, _ -> {});
  }

  /**
   * @param replayOf the exchange that is asked for again; null for none
   * @param begun told the ids of the captures
   */
  ConnectionRecorder(
      Captures captures, Origin origin, @Nullable Long replayOf, LongConsumer begun) {
    this.captures = captures;
    this.origin = origin;
    this.replayOf = replayOf;
    this.begun = begun;
  }

  synchronized void fromVisitor(ByteBuf bytes) {
    if (!lost) {
      requests.scan(bytes);
    }
  }

  synchronized void toVisitor(ByteBuf bytes) {
    if (!lost) {
      responses.scan(bytes);
    }
  }

  /** The private service has said all. */
  synchronized void serviceFinished() {
    end(untilClose || isUpgraded() ? Capture.Phase.COMPLETE : Capture.Phase.BROKEN);
  }

  /** The connection is lost, on either side. */
  synchronized void broken() {
    end(isUpgraded() ? Capture.Phase.COMPLETE : Capture.Phase.BROKEN);
  }

  /**
   * Another visitor's requests follow.
   *
   * @return false when they could not be told from the ones before, which are not done or were not
   *     understood
   */
  synchronized boolean goesOnFor(String client) {
    if (lost || isUpgraded() || requesting != null || !unanswered.isEmpty()) {
      return false;
    }
    origin = origin.of(client);
    return true;
  }

  private boolean isUpgraded() {
    return fromVisitor != null;
  }

  private void end(Capture.Phase how) {
    while (!unanswered.isEmpty()) {
      finish(unanswered.removeFirst(), how);
    }
    requesting = null;
    if (fromVisitor != null) {
      fromVisitor.close();
    }
    if (toVisitor != null) {
      toVisitor.close();
    }
  }

  private void finish(Capture capture, Capture.Phase how) {
    capture.ended(how);
    captures.changed(capture);
    if (how == Capture.Phase.COMPLETE) {
      captures.completed(capture.totalMillis());
    }
  }

  private void giveUp() {
    lost = true;
    end(Capture.Phase.BROKEN);
  }

  private void webSocket(Capture capture, WebSocketLog.Entry entry) {
    captures.grew(capture.webSocket(entry));
    captures.changed(capture);
  }

  /** What the visitor sends. */
  private final class Requests implements MessageScanner.Sink {
    @Override
    public Framing head(WireHead head) throws BadHttpException {
      if (unanswered.size() >= MAX_PIPELINED) {
        throw new BadHttpException("Too many requests without an answer.");
      }
      // What cannot be followed is no exchange.
      Framing framing = head.framing();
      Capture capture = captures.begin(origin, replayOf, head);
      requesting = capture;
      unanswered.addLast(capture);
      begun.accept(capture.id());
      return framing == null ? Framing.NONE : framing;
    }

    @Override
    public void body(ByteBuf bytes, int length) {
      if (requesting != null) {
        captures.grew(requesting.addRequestBody(bytes, length, captures.bodyLimit()));
      }
    }

    @Override
    public void complete() {
      if (requesting != null) {
        requesting.requestComplete();
        requesting = null;
      }
    }

    @Override
    public void raw(ByteBuf bytes) {
      if (fromVisitor != null) {
        fromVisitor.scan(bytes);
      }
    }

    /** Bytes behind a request for an upgrade are no HTTP; that is known when the 101 comes. */
    @Override
    public void lost() {
      if (unanswered.isEmpty()) {
        giveUp();
      }
    }
  }

  /** What the private service answers. */
  private final class Responses implements MessageScanner.Sink {
    private boolean interim;

    @Override
    public Framing head(WireHead head) throws BadHttpException {
      Capture capture = unanswered.peekFirst();
      if (capture == null) {
        throw new BadHttpException("A response that nobody asked for.");
      }
      int status = head.status();
      interim = status < 200 && status != 101;
      if (interim) {
        return Framing.NONE;
      }
      capture.answered(head, status == 101);
      captures.changed(capture);
      if (status == 101) {
        upgraded(capture, head.head());
        return Framing.NONE;
      }
      if (capture.isHeadRequest() || status == 204 || status == 304) {
        return Framing.NONE;
      }
      Framing framing = head.framing();
      untilClose = framing == null;
      return framing == null ? Framing.UNTIL_CLOSE : framing;
    }

    private void upgraded(Capture capture, Head head) {
      boolean deflated =
          head.fields().stream()
              .anyMatch(field ->
                  field.is("sec-websocket-extensions")
                      && field.value().contains("permessage-deflate"));
      boolean webSocket = head.list("upgrade").contains("websocket");
      fromVisitor =
          new WebSocketScanner(true, webSocket, deflated, entry -> webSocket(capture, entry));
      toVisitor =
          new WebSocketScanner(false, webSocket, deflated, entry -> webSocket(capture, entry));
      requests.becomesRaw();
      responses.becomesRaw();
    }

    @Override
    public void body(ByteBuf bytes, int length) {
      Capture capture = unanswered.peekFirst();
      if (capture != null) {
        captures.grew(capture.addResponseBody(bytes, length, captures.bodyLimit()));
      }
    }

    @Override
    public void complete() {
      if (interim) {
        interim = false;
      } else {
        Capture capture = unanswered.pollFirst();
        if (capture != null) {
          finish(capture, Capture.Phase.COMPLETE);
        }
      }
    }

    @Override
    public void raw(ByteBuf bytes) {
      if (toVisitor != null) {
        toVisitor.scan(bytes);
      }
    }

    @Override
    public void lost() {
      giveUp();
    }
  }
}
