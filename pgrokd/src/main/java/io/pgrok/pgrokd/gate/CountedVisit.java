package io.pgrok.pgrokd.gate;

import io.pgrok.pgrokd.metrics.Metrics;
import io.pgrok.pgrokd.traffic.Refusal;
import io.pgrok.pgrokd.traffic.Visit;
import io.pgrok.pgrokd.traffic.VisitRequest;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A visit that is counted at its end, once. */
final class CountedVisit implements Visit {

  private final VisitRequest request;
  private final @Nullable Refusal refusal;
  private final List<Runnable> undo;
  private final Metrics metrics;
  private final @Nullable AccessLog log;
  private final long began = System.nanoTime();
  private final AtomicBoolean over = new AtomicBoolean();

  // Each written by one thread, read by whoever ends the visit.
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();

  /**
   * @param undo what gives back the places that the visit takes
   */
  CountedVisit(
      VisitRequest request,
      @Nullable Refusal refusal,
      List<Runnable> undo,
      Metrics metrics,
      @Nullable AccessLog log) {
    this.request = request;
    this.refusal = refusal;
    this.undo = undo;
    this.metrics = metrics;
    this.log = log;
  }

  @Override
  public @Nullable Refusal refusal() {
    return refusal;
  }

  @Override
  public void received(long bytes) {
    if (bytes > 0) {
      received.setRelease(received.getPlain() + bytes);
      metrics.received(request.protocol(), bytes);
    }
  }

  @Override
  public void sent(long bytes) {
    if (bytes > 0) {
      sent.setRelease(sent.getPlain() + bytes);
      metrics.sent(request.protocol(), bytes);
    }
  }

  @Override
  public void ended(int status, boolean whole) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    undo.forEach(Runnable::run);
    long nanos = System.nanoTime() - began;
    metrics.ended(request.protocol(), request.method(), status, nanos);
    if (log != null) {
      log.write(
          new AccessLog.Line(
              request, status, whole, received.getAcquire(), sent.getAcquire(), nanos));
    }
  }
}
