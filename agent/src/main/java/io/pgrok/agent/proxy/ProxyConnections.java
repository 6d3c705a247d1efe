package io.pgrok.agent.proxy;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.pgrok.agent.gateway.ServiceDialer;
import io.pgrok.agent.inspect.Inspector;
import io.pgrok.agent.net.Dialer;
import io.pgrok.agent.net.ServerRoute;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.mux.MuxLink;
import io.pgrok.protocol.mux.MuxStream;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What carries the visitors of one session: links where the server has them, and proxy connections,
 * dialled when the server asks, in parallel, within limits.
 *
 * <p>A connection is <em>waiting</em> from the dial to StartProxy and <em>running</em> from then
 * on. The server may ask for more than may wait at once; what is asked for beyond is dialled as
 * others start to run.
 */
public final class ProxyConnections implements AutoCloseable, MuxLink.Acceptor {

  private static final Logger LOG = LoggerFactory.getLogger(ProxyConnections.class);

  /** Connections on their way to a visitor; the reference pools ten of them. */
  static final int MAX_WAITING = 64;

  /** Visitors at a time. */
  static final int MAX_RUNNING = 10_000;

  /** How long a visitor may wait at the server, which gives up after 30 s. */
  private static final int MAX_OWED = 1_024;

  private final Dialer dialer;
  private final Function<String, @Nullable Route> routes;
  private final Traffic traffic;
  private final ServiceDialer services;
  private final Inspector inspector;
  private final Set<Channel> waiting = ConcurrentHashMap.newKeySet();
  private final Set<Channel> running = ConcurrentHashMap.newKeySet();
  private @Nullable Server server;
  private final Set<MuxLink> openLinks = ConcurrentHashMap.newKeySet();
  private final Map<MuxStream, Visit> visits = new ConcurrentHashMap<>();
  private final AtomicInteger runningOnLinks = new AtomicInteger();
  private ProxyPass pass = new ProxyPass("", "");
  private @Nullable Links links;
  private int dialling;
  private int owed;
  private boolean stopped;

  private record Server(ServerRoute route, SocketAddress address) {}

  /**
   * @param routes where the visitors of a public URL go; null for nowhere. Called on event loops
   */
  public ProxyConnections(
      Dialer dialer,
      Function<String, @Nullable Route> routes,
      Traffic traffic,
      Inspector inspector) {
    this.inspector = inspector;
    this.dialer = dialer;
    this.routes = routes;
    this.traffic = traffic;
    this.services = new ServiceDialer(dialer);
  }

  /** Where to dial from now on: the very address that holds the control connection. */
  public synchronized void server(ServerRoute route, SocketAddress address) {
    server = new Server(route, address);
    owed = 0;
  }

  /**
   * What to show from now on.
   *
   * @param wantedLinks how many links the server can use; 0 for none
   */
  public synchronized void pass(ProxyPass next, int wantedLinks) {
    pass = next;
    disconnected();
    if (server != null && !stopped) {
      links = new Links(this, server.route(), server.address(), next);
      links.start(wantedLinks);
    }
  }

  /** The next session begins, while visitors may still come over the links of this one. */
  public synchronized void leave() {
    if (links != null) {
      links.leave();
      links = null;
    }
  }

  /** The control connection is gone: its links end with the visitors that they carry. */
  public synchronized void disconnected() {
    if (links != null) {
      links.retire();
      links = null;
    }
  }

  /** The server asks for one more. */
  public synchronized void open() {
    if (stopped || server == null) {
      return;
    }
    if (dialling + waiting.size() >= MAX_WAITING
        || dialling + waiting.size() + running.size() >= MAX_RUNNING) {
      owed = Math.min(owed + 1, MAX_OWED);
      return;
    }
    dialling++;
    dial(server, pass);
  }

  private void dial(Server to, ProxyPass show) {
    EventLoop loop = dialer.nextLoop();
    to.route()
        .dialAgain(to.address(), loop, new ProxyInitializer(this, to.route().tls(), show))
        .addListener(dialled -> {
          if (dialled.isSuccess()) {
            added((Channel) Objects.requireNonNull(dialled.getNow()));
          } else {
            LOG.warn(
                "proxy connection failed server={} error=\"{}\"",
                to.address(),
                dialled.cause().getMessage());
            freed();
          }
        });
  }

  private void added(Channel channel) {
    waiting.add(channel);
    synchronized (this) {
      dialling--;
      if (stopped) {
        channel.close();
      }
    }
    channel
        .closeFuture()
        .addListener(closed -> {
          if (waiting.remove(channel)) {
            again();
          }
        });
  }

  private synchronized void freed() {
    dialling--;
    again();
  }

  private synchronized void again() {
    if (owed > 0) {
      owed--;
      open();
    }
  }

  Dialer dialer() {
    return dialer;
  }

  Inspector inspector() {
    return inspector;
  }

  ServiceDialer services() {
    return services;
  }

  @Nullable Route route(String url) {
    return routes.apply(url);
  }

  /** A visitor is here. On the channel's event loop. */
  void started(Channel channel) {
    running.add(channel);
    waiting.remove(channel);
    traffic.opened();
    channel
        .closeFuture()
        .addListener(closed -> {
          running.remove(channel);
          traffic.closed();
        });
    again();
  }

  /** A link is there, of this control connection or of one before. */
  void opened(MuxLink link) {
    openLinks.add(link);
    link.channel().closeFuture().addListener(_ -> openLinks.remove(link));
  }

  @Override
  public void accepted(MuxStream stream, StartProxy start) {
    runningOnLinks.incrementAndGet();
    traffic.opened();
    Visit visit = new Visit(this, start, stream, stream.eventLoop());
    visits.put(stream, visit);
    visit.begin();
  }

  @Override
  public boolean visitor(MuxStream stream, StartProxy start) {
    Visit visit = visits.get(stream);
    if (visit == null || !visit.goesOnFor(start)) {
      return false;
    }
    LOG.debug("visitor url={} client={} stream=reused", start.url(), start.clientAddr());
    return true;
  }

  @Override
  public void gone(MuxStream stream) {
    runningOnLinks.decrementAndGet();
    visits.remove(stream);
    traffic.closed();
  }

  /** Visitors being served. */
  public int running() {
    return running.size() + runningOnLinks.get();
  }

  /** No more dials. */
  private synchronized void stopOpening() {
    stopped = true;
    owed = 0;
  }

  /** Lets running visitors finish, then cuts the rest off. */
  public void drain(Duration atMost) throws InterruptedException {
    stopOpening();
    long deadline = System.nanoTime() + atMost.toNanos();
    while (running() > 0 && deadline - System.nanoTime() > 0) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    close();
  }

  @Override
  public void close() {
    stopOpening();
    waiting.forEach(Channel::close);
    running.forEach(Channel::close);
    disconnected();
    openLinks.forEach(MuxLink::close);
  }
}
