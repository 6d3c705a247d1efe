package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.pgrok.pgrokd.traffic.Visit;
import org.jspecify.annotations.Nullable;

/**
 * The visitor's side of an {@link Exchange}, in the version of HTTP that it speaks. Confined to
 * {@link #executor()}.
 */
interface VisitorSide {

  HttpFront front();

  Peer peer();

  EventExecutor executor();

  /** False while so much of the answer waits to be taken that no more should be read. */
  boolean isWritable();

  void flush();

  /** The visitor takes less than the service gives: reads of that stop, for a bounded time. */
  void stalled();

  /** The exchange can take its request's body from now on. */
  void bodyWanted();

  /** Part of the request's body has been passed on, or can be again: more has to come in time. */
  void bodyArrived(boolean whole);

  /** Asks for the visitor's next bytes when there is something to do with them. */
  void demand();

  /** Passes on an answer before the answer (1xx, but not 101). */
  void interim(ResponseHead head);

  /**
   * Passes on the head of the answer.
   *
   * @param keepAlive whether the connection could be used again
   */
  void begin(ResponseHead head, boolean keepAlive);

  /** Passes on a part of the answer's body, framed as its head says. Takes over the bytes. */
  void body(ByteBuf bytes);

  /**
   * The exchange has passed on a whole answer.
   *
   * @param reusable its stream, null when that cannot be used again
   */
  void finished(boolean keepAlive, @Nullable Upstream reusable);

  /** The exchange got no answer from the private service, and none of it has been passed on. */
  void failed(Exchange failed, Answer answer);

  /** Both sides have agreed to speak something else: passes the 101 on, and then raw bytes. */
  void upgraded(ResponseHead head, ByteBuf first, Upstream upstream, Visit visit);

  /** Cuts the visitor off so that what it got does not look complete. */
  void abort();
}
