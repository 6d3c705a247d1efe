package io.pgrok.agent.inspect;

import io.netty.buffer.ByteBuf;
import io.pgrok.protocol.http.Head;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request and what became of it. Written by the connection that it came on, read by whoever
 * looks; every method takes the lock of the capture.
 */
public final class Capture {

  /** How far it has come. */
  public enum Phase {
    /** Request or response still on their way. */
    RUNNING,
    COMPLETE,
    /** The connection ended before the response did. */
    BROKEN
  }

  private final long id;
  private final Origin origin;
  private final @Nullable Long replayOf;
  private final long startedMillis;
  private final long startedNanos;
  private final WireHead request;
  private final BodyBuffer requestBody;
  private final BodyBuffer responseBody;
  private @Nullable WebSocketLog webSocket;
  private @Nullable WireHead response;
  private long requestNanos = -1;
  private long firstByteNanos = -1;
  private long endNanos = -1;
  private Phase phase = Phase.RUNNING;
  private boolean upgraded;
  private boolean forgotten;
  private long version;

  Capture(long id, Origin origin, @Nullable Long replayOf, WireHead request, Blocks memory) {
    this.id = id;
    this.origin = origin;
    this.replayOf = replayOf;
    this.startedMillis = System.currentTimeMillis();
    this.startedNanos = System.nanoTime();
    this.request = request;
    this.requestBody = new BodyBuffer(memory);
    this.responseBody = new BodyBuffer(memory);
  }

  /**
   * What is known now; does not change. Times are in milliseconds since the start, -1 for not yet.
   */
  public record Snapshot(
      long id,
      Origin origin,
      @Nullable Long replayOf,
      long startedMillis,
      Head request,
      long requestBytes,
      boolean requestTruncated,
      @Nullable Head response,
      long responseBytes,
      boolean responseTruncated,
      Phase phase,
      boolean upgraded,
      double requestMillis,
      double firstByteMillis,
      double totalMillis,
      long webSocketMessages) {

    /** Method and path, with nothing in it that a terminal would obey. */
    public String requestLine() {
      return (StartLine.method(request) + " " + StartLine.target(request))
          .replaceAll("[^ -~]", "?");
    }

    /** Status and reason, or what else became of it. */
    public String outcome() {
      Head head = response;
      if (head == null) {
        return phase == Phase.BROKEN ? "lost" : "…";
      }
      int space = head.startLine().indexOf(' ');
      return head.startLine().substring(space + 1).replaceAll("[^ -~]", "?");
    }
  }

  public synchronized Snapshot snapshot() {
    return new Snapshot(
        id,
        origin,
        replayOf,
        startedMillis,
        request.head(),
        requestBody.size(),
        requestBody.isTruncated(),
        response == null ? null : response.head(),
        responseBody.size(),
        responseBody.isTruncated(),
        phase,
        upgraded,
        millis(requestNanos),
        millis(firstByteNanos),
        millis(endNanos),
        webSocket == null ? 0 : webSocket.total());
  }

  private static double millis(long nanos) {
    return nanos < 0 ? -1 : Math.round(nanos / 10_000.0) / 100.0;
  }

  public long id() {
    return id;
  }

  Origin origin() {
    return origin;
  }

  Head request() {
    return request.head();
  }

  boolean isHeadRequest() {
    return request.isHeadRequest();
  }

  synchronized double totalMillis() {
    return millis(endNanos);
  }

  /** The request's body as it was on the wire, as far as it was kept. */
  public synchronized byte[] requestBody() {
    return requestBody.bytes();
  }

  public synchronized byte[] responseBody() {
    return responseBody.bytes();
  }

  /** The newest messages of a WebSocket, oldest first. */
  public synchronized List<WebSocketLog.Entry> webSocketMessages() {
    return webSocket == null ? List.of() : webSocket.entries();
  }

  /**
   * @return how many more bytes of memory it holds now
   */
  synchronized int addRequestBody(ByteBuf bytes, int length, int limit) {
    return requestBody.add(bytes, length, forgotten ? 0 : limit);
  }

  /**
   * @return how many more bytes of memory it holds now
   */
  synchronized int addResponseBody(ByteBuf bytes, int length, int limit) {
    return responseBody.add(bytes, length, forgotten ? 0 : limit);
  }

  synchronized void requestComplete() {
    requestNanos = System.nanoTime() - startedNanos;
  }

  synchronized void answered(WireHead head, boolean switches) {
    firstByteNanos = System.nanoTime() - startedNanos;
    response = head;
    upgraded = switches;
  }

  synchronized void ended(Phase how) {
    if (phase == Phase.RUNNING) {
      phase = how;
      endNanos = System.nanoTime() - startedNanos;
    }
  }

  /**
   * @return how many more bytes are kept now
   */
  synchronized int webSocket(WebSocketLog.Entry entry) {
    if (forgotten) {
      return 0;
    }
    if (webSocket == null) {
      webSocket = new WebSocketLog();
    }
    return webSocket.add(entry);
  }

  /**
   * Gives the bodies' memory back.
   *
   * @return how many bytes that was
   */
  synchronized int forget() {
    int freed = requestBody.held() + responseBody.held();
    if (webSocket != null) {
      freed += webSocket.bytes();
      webSocket.drop();
    }
    forgotten = true;
    requestBody.drop();
    responseBody.drop();
    return freed;
  }

  synchronized long version() {
    return version;
  }

  synchronized void version(long next) {
    version = next;
  }
}
