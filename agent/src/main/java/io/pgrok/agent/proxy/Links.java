package io.pgrok.agent.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.pgrok.agent.net.Backoff;
import io.pgrok.agent.net.ServerRoute;
import io.pgrok.protocol.mux.MuxLink;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links of one control connection. One that is lost is dialled anew; while none is up the
 * server asks for proxy connections. Thread-safe.
 */
final class Links {

  private static final Logger LOG = LoggerFactory.getLogger(Links.class);

  /** More are of no use to an agent with few event loops. */
  private static final int MAX = 4;

  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration RETRY_LIMIT = Duration.ofSeconds(3);

  private final ProxyConnections visitors;
  private final ServerRoute route;
  private final SocketAddress address;
  private final ProxyPass pass;
  private final Set<MuxLink> up = ConcurrentHashMap.newKeySet();
  private volatile boolean over;

  /**
   * @param address where the control connection ended up
   */
  Links(ProxyConnections visitors, ServerRoute route, SocketAddress address, ProxyPass pass) {
    this.visitors = visitors;
    this.route = route;
    this.address = address;
    this.pass = pass;
  }

  /**
   * Dials.
   *
   * @param wanted how many are of use to the server
   */
  void start(int wanted) {
    for (int i = 0; i < Math.min(wanted, MAX); i++) {
      Backoff backoff = new Backoff(FIRST_RETRY, RETRY_LIMIT, new SplittableRandom());
      dial(visitors.dialer().nextLoop(), backoff);
    }
  }

  private void dial(EventLoop loop, Backoff backoff) {
    if (over) {
      return;
    }
    long since = System.nanoTime();
    route
        .dialAgain(address, loop, new LinkInitializer(route.tls(), pass, this::isUp))
        .addListener(dialled -> {
          if (dialled.isSuccess()) {
            Channel channel = (Channel) Objects.requireNonNull(dialled.getNow());
            channel.closeFuture().addListener(_ -> lost(loop, backoff, since, "closed"));
          } else {
            lost(loop, backoff, since, String.valueOf(dialled.cause().getMessage()));
          }
        });
  }

  private void lost(EventLoop loop, Backoff backoff, long since, String why) {
    if (over || loop.isShuttingDown()) {
      return;
    }
    if (System.nanoTime() - since > RETRY_LIMIT.toNanos()) {
      backoff.reset();
    }
    long wait = backoff.next().toMillis();
    LOG.info("link lost server={} reason=\"{}\" nextTryMillis={}", address, why, wait);
    loop.schedule(() -> dial(loop, backoff), wait, TimeUnit.MILLISECONDS);
  }

  /** TLS is up, and the pass is shown. On the channel's event loop. */
  private void isUp(Channel channel) {
    MuxLink link = MuxLink.accepting(channel, ProxyConnections.MAX_RUNNING, visitors);
    up.add(link);
    visitors.opened(link);
    channel.closeFuture().addListener(_ -> up.remove(link));
    LOG.debug("link up server={}", address);
    if (over) {
      link.retire();
    }
  }

  /** No more dials; the links stay until the server ends them. */
  void leave() {
    over = true;
  }

  /** No more dials; links end with the last visitor that they carry. */
  void retire() {
    leave();
    up.forEach(MuxLink::retire);
  }
}
