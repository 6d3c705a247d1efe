package io.pgrok.pgrokd.http;

import io.pgrok.pgrokd.config.Timing;
import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.router.Router;
import io.pgrok.pgrokd.traffic.Traffic;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.StreamOpening;
import io.pgrok.protocol.relay.ByteStream;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What all visitors of one web port have in common. Thread-safe. */
public final class HttpFront {

  private final Protocol protocol;
  private final Router router;
  private final StreamOpening opening;
  private final Timing timing;
  private final TrustedProxies trustedProxies;
  private final Traffic traffic;
  private final Set<HttpVisitor> visitors = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  /**
   * @param protocol {@link Protocol#HTTP} or {@link Protocol#HTTPS}
   */
  public HttpFront(
      Protocol protocol,
      Router router,
      StreamOpening opening,
      Timing timing,
      TrustedProxies trustedProxies,
      Traffic traffic) {
    this.protocol = protocol;
    this.router = router;
    this.opening = opening;
    this.timing = timing;
    this.trustedProxies = trustedProxies;
    this.traffic = traffic;
  }

  /** Serves a visitor whose TLS, if any, is done below. Call it on the stream's executor. */
  public void serve(ByteStream visitor, InetSocketAddress address) {
    HttpVisitor serving = new HttpVisitor(visitor, this, address);
    visitors.add(serving);
    serving.begin();
  }

  /** Lets each visitor finish the request that it is in, and no more. */
  public void drain() {
    draining = true;
    visitors.forEach(HttpVisitor::drain);
  }

  void left(HttpVisitor visitor) {
    visitors.remove(visitor);
  }

  boolean isDraining() {
    return draining;
  }

  public Protocol protocol() {
    return protocol;
  }

  Router router() {
    return router;
  }

  StreamOpening opening() {
    return opening;
  }

  TrustedProxies trustedProxies() {
    return trustedProxies;
  }

  Traffic traffic() {
    return traffic;
  }

  Timing timing() {
    return timing;
  }
}
