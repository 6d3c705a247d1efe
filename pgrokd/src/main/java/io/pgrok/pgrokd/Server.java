package io.pgrok.pgrokd;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.pgrok.pgrokd.admin.AdminServer;
import io.pgrok.pgrokd.admin.Document;
import io.pgrok.pgrokd.auth.Authenticator;
import io.pgrok.pgrokd.auth.SignedTokens;
import io.pgrok.pgrokd.auth.TokenFile;
import io.pgrok.pgrokd.certificate.DevelopmentCertificate;
import io.pgrok.pgrokd.config.ListenAddress;
import io.pgrok.pgrokd.config.ServerConfig;
import io.pgrok.pgrokd.config.StartupException;
import io.pgrok.pgrokd.config.Timing;
import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.control.Listing;
import io.pgrok.pgrokd.control.Registrar;
import io.pgrok.pgrokd.control.Session;
import io.pgrok.pgrokd.control.Sessions;
import io.pgrok.pgrokd.gate.AccessLog;
import io.pgrok.pgrokd.gate.Gate;
import io.pgrok.pgrokd.http.HttpFront;
import io.pgrok.pgrokd.limit.AddressCount;
import io.pgrok.pgrokd.limit.BufferMemory;
import io.pgrok.pgrokd.limit.Quotas;
import io.pgrok.pgrokd.listener.Arrivals;
import io.pgrok.pgrokd.listener.Listening;
import io.pgrok.pgrokd.listener.ServerTls;
import io.pgrok.pgrokd.listener.TcpPorts;
import io.pgrok.pgrokd.listener.TcpVisitors;
import io.pgrok.pgrokd.listener.Transport;
import io.pgrok.pgrokd.listener.TunnelPort;
import io.pgrok.pgrokd.listener.WebPort;
import io.pgrok.pgrokd.metrics.Metrics;
import io.pgrok.pgrokd.reload.Reloaded;
import io.pgrok.pgrokd.reload.Versions;
import io.pgrok.pgrokd.router.Router;
import io.pgrok.pgrokd.traffic.Traffic;
import io.pgrok.pgrokd.tunnel.LocalRegistry;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.PublicUrls;
import io.pgrok.pgrokd.tunnel.StreamOpening;
import io.pgrok.pgrokd.tunnel.TunnelRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running pgrokd: all parts put together, in the order in which they depend on each other. */
public final class Server implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  /** How often files that may change are looked at. */
  private static final Duration RELOAD_EVERY = Duration.ofSeconds(2);

  /** How often the memory for buffers is looked at. */
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final Timing timing;
  private final BufferMemory memory;
  private final Metrics metrics = new Metrics(version());
  private final Quotas quotas = new Quotas();
  private Traffic traffic = Traffic.UNOBSERVED;
  private @Nullable AccessLog accessLog;
  private final ChannelGroup visitors = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final List<HttpFront> fronts = new ArrayList<>();
  private final Map<Protocol, Listening> web = new EnumMap<>(Protocol.class);
  private final List<Runnable> reloads = new ArrayList<>();
  private final List<Reloaded<?>> tokens = new ArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private @Nullable Transport transport;
  private @Nullable Listening tunnelPort;
  private @Nullable TcpPorts tcpPorts;
  private @Nullable Sessions sessions;
  private @Nullable AdminServer admin;
  private volatile boolean ready;

  private Server(Timing timing, BufferMemory memory) {
    this.timing = timing;
    this.memory = memory;
  }

  /**
   * Opens all ports; returns when agents and visitors can come.
   *
   * @throws StartupException when something is missing; nothing stays open then
   */
  public static Server start(ServerConfig config) throws StartupException {
    return start(config, BufferMemory.ofThisProcess());
  }

  /**
   * @param memory for network buffers
   */
  public static Server start(ServerConfig config, BufferMemory memory) throws StartupException {
    Server server = new Server(config.timing(), memory);
    try {
      server.open(config);
      return server;
    } catch (StartupException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void open(ServerConfig config) throws StartupException {
    Authenticator authenticator = authenticator(config);
    List<ServerConfig.Certificate> certificates = certificates(config);
    ServerTls tunnelTls = tls(certificates, config.tunnelClientCa(), ServerTls.Speaks.WIRE);
    accessLog = accessLog(config);
    traffic =
        new Gate(config.limits(), memory, config.trustedProxies(), quotas, metrics, accessLog);
    Transport loops = Transport.start();
    transport = loops;

    TunnelRegistry registry = new LocalRegistry(Clock.systemUTC(), timing.comeback());
    StreamOpening opening =
        new StreamOpening(
            timing.proxyWait(), timing.memberWait(), timing.quiet(), metrics::streamAttempted);
    Router router = new Router(registry);
    // Web ports first: the URLs of tunnels name them.
    Arrivals arrivals =
        new Arrivals(
            config.proxyProtocol() ? config.trustedProxies() : TrustedProxies.NONE,
            timing.requestHead());
    TcpVisitors tcpVisitors = new TcpVisitors(opening, arrivals, visitors, traffic);
    WebParts parts =
        new WebParts(loops, router, opening, config.trustedProxies(), arrivals, tcpVisitors);
    listen(parts, "-httpAddr", Protocol.HTTP, config.http(), null);
    if (config.https() != null) {
      ServerTls webTls = tls(certificates, config.clientCa(), ServerTls.Speaks.HTTP);
      listen(parts, "-httpsAddr", Protocol.HTTPS, config.https(), webTls);
    }

    PublicUrls urls = urls(config);
    String tcpHost = config.tunnel() == null ? "" : config.tunnel().host();
    TcpPorts ports = new TcpPorts(loops, tcpHost, tcpVisitors::accept);
    tcpPorts = ports;
    Registrar registrar =
        new Registrar(
            registry,
            urls,
            ports,
            new Registrar.Rules(config.limits().tunnelsPerToken(), config.tcpPorts()),
            metrics);
    Sessions.Rules rules =
        new Sessions.Rules(config.limits().sessionsPerToken(), config.classicProxyConnections());
    Sessions known = new Sessions(authenticator, registrar, timing, quotas, rules, metrics);
    sessions = known;
    tokens.forEach(file -> file.onChange(_ -> known.tokensChanged()));
    expose(registry, known);
    if (config.tunnel() != null) {
      tunnelPort =
          new TunnelPort(
                  tunnelTls,
                  known,
                  registrar,
                  timing,
                  new AddressCount(config.limits().connectionsPerAddress()),
                  metrics)
              .listen(loops, config.tunnel());
    }
    if (config.admin() != null) {
      admin =
          AdminServer.start(
              config.admin(),
              () -> ready,
              List.of(
                  Document.metrics("/metrics", metrics.registry()),
                  Document.json("/api/sessions", () -> Listing.sessions(known.all())),
                  Document.json("/api/tunnels", () -> Listing.tunnels(registry.tunnels()))));
    }
    Thread.ofVirtual().name("reload").start(this::reload);
    Thread.ofVirtual().name("memory").start(this::watch);
    ready = true;
    LOG.info("ready domain={}", urls.host());
  }

  private static String version() {
    String version = Server.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static @Nullable AccessLog accessLog(ServerConfig config) throws StartupException {
    String target = config.accessLog();
    try {
      return target == null ? null : AccessLog.to(target);
    } catch (IOException e) {
      throw new StartupException("-accessLog: the file '%s' cannot be written".formatted(target));
    }
  }

  /** Numbers that are there already, and only have to be asked for. */
  private void expose(TunnelRegistry registry, Sessions known) {
    metrics.gauge("pgrokd_sessions", "Agents that are connected.", () -> known.all().size());
    metrics.gaugeByProtocol(
        "pgrokd_tunnels",
        "Tunnels that are registered.",
        protocol ->
            registry.tunnels().stream()
                .filter(tunnel -> tunnel.name().protocol() == protocol)
                .count());
    AccessLog log = accessLog;
    if (log != null) {
      metrics.count(
          "pgrokd_access_log_dropped",
          "Lines of the access log that were lost: it was too slow or could not be written.",
          log::dropped);
    }
  }

  private Authenticator authenticator(ServerConfig config) throws StartupException {
    Clock clock = Clock.systemUTC();
    List<Authenticator> all = new ArrayList<>();
    for (Path file : config.tokenFiles()) {
      Reloaded<TokenFile> listed =
          reloaded("-authTokenFile", "tokens", versions(file, config), TokenFile::read);
      all.add(token -> listed.get().authenticate(token, clock));
    }
    Path jwks = config.jwksFile();
    if (jwks != null) {
      Reloaded<SignedTokens> keys =
          reloaded("-authJwksFile", "token keys", versions(jwks, config), SignedTokens::read);
      all.add(token -> keys.get().authenticate(token, clock));
    }
    if (all.isEmpty()) {
      LOG.warn("this server is open: everybody who reaches it may open tunnels (-authTokenFile)");
      return Authenticator.open();
    }
    return Authenticator.anyOf(all);
  }

  private static Versions versions(Path file, ServerConfig config) {
    Path updates = config.authUpdates();
    return updates == null ? Versions.of(file) : Versions.of(file, updates);
  }

  private <T> Reloaded<T> reloaded(
      String option, String what, Versions file, Versions.Parser<T> parser)
      throws StartupException {
    try {
      Reloaded<T> value = Reloaded.of(what, file.places(), () -> parser.parse(file.newest()));
      reloads.add(value::check);
      tokens.add(value);
      return value;
    } catch (IOException e) {
      throw new StartupException(option + ": " + e.getMessage());
    }
  }

  private static List<ServerConfig.Certificate> certificates(ServerConfig config)
      throws StartupException {
    if (!config.certificates().isEmpty()) {
      return config.certificates();
    }
    try {
      DevelopmentCertificate made =
          DevelopmentCertificate.ensure(config.dataDir(), config.domain(), Clock.systemUTC());
      LOG.info(
          "no -tlsCrt given: using the development certificate; agents of other users and machines"
              + " trust it with -serverca={}",
          made.authority());
      return List.of(new ServerConfig.Certificate(made.certificate(), made.key()));
    } catch (IOException e) {
      throw new StartupException(
          "the development certificate cannot be kept in %s (-dataDir): %s"
              .formatted(config.dataDir(), e));
    }
  }

  private ServerTls tls(
      List<ServerConfig.Certificate> certificates, @Nullable Path clientCa, ServerTls.Speaks speaks)
      throws StartupException {
    ServerTls tls = ServerTls.of(certificates, clientCa, speaks);
    reloads.add(tls::check);
    return tls;
  }

  /** What both web ports are made of. */
  private record WebParts(
      Transport loops,
      Router router,
      StreamOpening opening,
      TrustedProxies trusted,
      Arrivals arrivals,
      TcpVisitors raw) {}

  private void listen(
      WebParts parts,
      String option,
      Protocol protocol,
      @Nullable ListenAddress address,
      @Nullable ServerTls tls)
      throws StartupException {
    if (address != null) {
      HttpFront front =
          new HttpFront(
              protocol, parts.router(), parts.opening(), timing, parts.trusted(), traffic);
      fronts.add(front);
      web.put(
          protocol,
          new WebPort(
                  front,
                  tls,
                  timing.requestHead(),
                  parts.arrivals(),
                  parts.raw(),
                  visitors,
                  traffic)
              .listen(parts.loops(), option, address));
    }
  }

  private PublicUrls urls(ServerConfig config) {
    ServerConfig.PublicHost host = config.publicHost();
    Map<Protocol, Integer> ports = new EnumMap<>(Protocol.class);
    web.forEach((protocol, listening) ->
        ports.put(protocol, host == null ? listening.port() : host.port(protocol)));
    boolean proxied = !config.trustedProxies().equals(TrustedProxies.NONE);
    return new PublicUrls(host == null ? config.domain() : host.host(), ports, proxied);
  }

  private void reload() {
    SpareHeap heap = SpareHeap.ofThisProcess();
    try {
      while (!stopped.await(RELOAD_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        reloads.forEach(Runnable::run);
        quotas.forgetIdle();
        heap.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch() {
    SlowReaders slow = new SlowReaders();
    boolean said = false;
    try {
      while (!stopped.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        if (memory.isShort()) {
          if (!said) {
            LOG.warn(
                "memory for buffers is short: no more visitors, and those who take nothing leave"
                    + " bytes={} of={} (-XX:MaxDirectMemorySize)",
                memory.used().getAsLong(),
                memory.most());
          }
          said = true;
          slow.cutOff(visitors);
          fronts.forEach(HttpFront::hurry);
        } else {
          said = false;
          slow.forget();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The port that agents come to. */
  public int tunnelPort() {
    return tunnelPort == null ? 0 : tunnelPort.port();
  }

  /** The port that visitors of a web protocol come to; 0 when it is not served. */
  public int port(Protocol protocol) {
    Listening listening = web.get(protocol);
    return listening == null ? 0 : listening.port();
  }

  /** How many agents are connected. */
  public int sessionCount() {
    return sessions == null ? 0 : sessions.all().size();
  }

  /** The numbers of this server. */
  PrometheusRegistry metrics() {
    return metrics.registry();
  }

  /** The port for health checks; 0 when there is none. */
  public int adminPort() {
    return admin == null ? 0 : admin.address().getPort();
  }

  /**
   * Stops: agents are told to go to the next server, and carry our visitors until they are there or
   * the configured time is over; then no new visitors, those that are there finish what they are
   * in, but no longer than the configured time; then agents are disconnected. Idempotent; blocks
   * until all is done.
   */
  @Override
  public synchronized void close() {
    if (stopped.getCount() == 0) {
      return;
    }
    if (tunnelPort != null) {
      tunnelPort.close();
    }
    handOver();
    ready = false;
    web.values().forEach(Listening::close);
    if (tcpPorts != null) {
      tcpPorts.close();
    }
    fronts.forEach(HttpFront::drain);
    if (!visitors.isEmpty()) {
      LOG.info("stopping, visitors finish count={} within={}", visitors.size(), timing.drain());
      visitors.newCloseFuture().awaitUninterruptibly(timing.drain().toMillis());
    }
    visitors.close().awaitUninterruptibly();
    if (sessions != null) {
      sessions.endAll();
    }
    stopped.countDown();
    if (admin != null) {
      admin.close();
    }
    if (transport != null) {
      transport.close();
    }
    if (accessLog != null) {
      accessLog.close();
    }
    LOG.info("stopped");
  }

  /**
   * Goes on for visitors until there is another server for them. It stays ready meanwhile:
   * Kubernetes sends them to a pod that is about to end where it has no other, if that is ready.
   */
  private void handOver() {
    List<Session> told = sessions == null ? List.of() : sessions.drain();
    if (told.isEmpty()) {
      return;
    }
    LOG.info("stopping, agents go elsewhere count={} within={}", told.size(), timing.handOver());
    long deadline = System.nanoTime() + timing.handOver().toNanos();
    try {
      while (told.stream().anyMatch(Session::isAlive) && deadline - System.nanoTime() > 0) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
