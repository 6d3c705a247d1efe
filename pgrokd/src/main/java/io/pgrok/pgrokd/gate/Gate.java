package io.pgrok.pgrokd.gate;

import io.pgrok.pgrokd.auth.Identity;
import io.pgrok.pgrokd.config.Limits;
import io.pgrok.pgrokd.config.TrustedProxies;
import io.pgrok.pgrokd.limit.AddressCount;
import io.pgrok.pgrokd.limit.BufferMemory;
import io.pgrok.pgrokd.limit.Quota;
import io.pgrok.pgrokd.limit.Quotas;
import io.pgrok.pgrokd.metrics.Metrics;
import io.pgrok.pgrokd.metrics.PerValue;
import io.pgrok.pgrokd.traffic.Refusal;
import io.pgrok.pgrokd.traffic.Rejection;
import io.pgrok.pgrokd.traffic.Traffic;
import io.pgrok.pgrokd.traffic.Visit;
import io.pgrok.pgrokd.traffic.VisitRequest;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.protocol.grant.Grant;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Lets visitors in as long as the limits allow, and keeps account of them. */
public final class Gate implements Traffic {

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  private static final Visitor REFUSED =
      new Visitor() {
        @Override
        public boolean isRefused() {
          return true;
        }

        @Override
        public void left() {}
      };

  private final Limits limits;
  private final BufferMemory memory;
  private final TrustedProxies proxies;
  private final Quotas quotas;
  private final Metrics metrics;
  private final @Nullable AccessLog log;
  private final AddressCount connections;
  private final AddressCount visits;
  private final PerValue<Protocol, AtomicInteger> present =
      PerValue.of(Protocol.class, protocol -> new AtomicInteger());

  /**
   * @param log null for none
   */
  public Gate(
      Limits limits,
      BufferMemory memory,
      TrustedProxies proxies,
      Quotas quotas,
      Metrics metrics,
      @Nullable AccessLog log) {
    this.limits = limits;
    this.memory = memory;
    this.proxies = proxies;
    this.quotas = quotas;
    this.metrics = metrics;
    this.log = log;
    this.connections = new AddressCount(limits.connectionsPerAddress());
    this.visits = new AddressCount(limits.connectionsPerAddress());
    metrics.gaugeByProtocol(
        "pgrokd_visitors",
        "Connections of visitors that are open.",
        protocol -> present.get(protocol).get());
  }

  @Override
  public Visitor arrived(Protocol protocol, InetAddress address) {
    if (memory.isShort()) {
      rejected(Rejection.MEMORY);
      return REFUSED;
    }
    // A proxy brings the connections of many; it says at each request whose that is.
    boolean counted = !proxies.contains(address);
    if (counted && !connections.enter(address)) {
      rejected(Rejection.ADDRESS_CONNECTIONS);
      return REFUSED;
    }
    metrics.connection(protocol);
    AtomicInteger there = present.get(protocol);
    there.incrementAndGet();
    return new Present(there, counted ? address : null);
  }

  /** A connection that is counted until it is gone. */
  private final class Present implements Visitor {

    private final AtomicInteger there;
    private final @Nullable InetAddress address;
    private final AtomicBoolean left = new AtomicBoolean();

    Present(AtomicInteger there, @Nullable InetAddress address) {
      this.there = there;
      this.address = address;
    }

    @Override
    public boolean isRefused() {
      return false;
    }

    @Override
    public void left() {
      if (left.compareAndSet(false, true)) {
        there.decrementAndGet();
        if (address != null) {
          connections.leave(address);
        }
      }
    }
  }

  @Override
  public Visit begin(VisitRequest request) {
    List<Runnable> undo = new ArrayList<>(3);
    Refusal refusal = admit(request, undo);
    return new CountedVisit(request, refusal, undo, metrics, log);
  }

  /** What was counted is uncounted by {@code undo} when the visit is over, refused or not. */
  private @Nullable Refusal admit(VisitRequest request, List<Runnable> undo) {
    Tunnel tunnel = request.tunnel();
    if (tunnel == null) {
      return null;
    }
    if (!proxies.networks().isEmpty()) {
      InetAddress visitor = address(request.visitor());
      if (visitor != null && !proxies.contains(visitor)) {
        if (!visits.enter(visitor)) {
          return refuse(
              Rejection.ADDRESS_CONNECTIONS,
              TOO_MANY_REQUESTS,
              "Too many requests of your address are under way",
              1);
        }
        undo.add(() -> visits.leave(visitor));
      }
    }
    if (!tunnel.enter(limits.visitsPerTunnel())) {
      return refuse(
          Rejection.TUNNEL_CONNECTIONS, UNAVAILABLE, "This tunnel has too many visitors", 1);
    }
    undo.add(tunnel::leave);
    Identity identity = tunnel.identity();
    Optional<Quota> quota = quotas.find(identity);
    return quota.isEmpty() ? null : admit(identity.grant(), quota.get(), undo);
  }

  private @Nullable Refusal admit(Grant grant, Quota quota, List<Runnable> undo) {
    Integer perSecond = grant.requestsPerSecond();
    long wait = perSecond == null ? 0 : quota.take(perSecond);
    if (wait > 0) {
      return refuse(
          Rejection.TOKEN_RATE,
          TOO_MANY_REQUESTS,
          "This tunnel's owner may not have more requests a second",
          (int) TimeUnit.NANOSECONDS.toSeconds(wait) + 1);
    }
    Integer most = grant.maxConnections();
    if (most != null) {
      if (!quota.enter(most)) {
        return refuse(
            Rejection.TOKEN_CONNECTIONS,
            UNAVAILABLE,
            "This tunnel's owner may not have more visitors at once",
            1);
      }
      undo.add(quota::leave);
    }
    return null;
  }

  private Refusal refuse(Rejection reason, int status, String sentence, int retryAfter) {
    rejected(reason);
    return new Refusal(status, sentence, retryAfter);
  }

  @Override
  public void rejected(Rejection reason) {
    metrics.rejected(reason);
  }

  /** Null for what a proxy wrote that is no address. */
  private static @Nullable InetAddress address(String literal) {
    try {
      return InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
