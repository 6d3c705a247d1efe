package io.pgrok.pgrokd.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.pgrok.pgrokd.config.Timing;
import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.router.Router;
import io.pgrok.pgrokd.traffic.Traffic;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.StreamOpening;
import io.pgrok.protocol.relay.ByteStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What all visitors of one web port have in common. Thread-safe. */
public final class HttpFront {

  private final Protocol protocol;
  private final Router router;
  private final StreamOpening opening;
  private final Timing timing;
  private final TrustedProxies trustedProxies;
  private final Traffic traffic;
  private final Set<Connection> visitors = ConcurrentHashMap.newKeySet();
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

  /** A visitor's connection. */
  interface Connection {

    /** Ends it when it has nothing to do, otherwise after what it does. Any thread. */
    void drain();

    /** Memory is short: whoever holds up what waits for it, here or at the service, has to move. */
    void hurry();
  }

  /** For what is held up, while memory is short. */
  static final Duration HURRY = Duration.ofSeconds(1);

  /**
   * Serves a visitor of HTTP/1 whose TLS, if any, is done below. Call it on the stream's executor.
   *
   * @param http2 takes the connection over, with what came of it, when the visitor begins to speak
   *     HTTP/2 by itself; null where that was for the TLS handshake to say
   */
  public void serve(ByteStream visitor, Peer peer, @Nullable Consumer<ByteBuf> http2) {
    HttpVisitor serving = new HttpVisitor(visitor, this, peer, http2);
    entered(serving);
    serving.begin();
  }

  /** Serves a visitor of HTTP/2 whose TLS, if any, is done below. Call it on its event loop. */
  public void serveHttp2(Channel visitor, Peer peer) {
    Http2Connection.serve(visitor, this, peer);
  }

  void entered(Connection visitor) {
    visitors.add(visitor);
    if (draining) {
      visitor.drain();
    }
  }

  /** Lets each visitor finish the request that it is in, and no more. */
  public void drain() {
    draining = true;
    visitors.forEach(Connection::drain);
  }

  /** Ends what does not move, so that there is memory for others. */
  public void hurry() {
    visitors.forEach(Connection::hurry);
  }

  void left(Connection visitor) {
    visitors.remove(visitor);
  }

  boolean isDraining() {
    return draining;
  }

  public Protocol protocol() {
    return protocol;
  }

  public Router router() {
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
