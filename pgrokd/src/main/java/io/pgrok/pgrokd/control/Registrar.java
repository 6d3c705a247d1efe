package io.pgrok.pgrokd.control;

import io.pgrok.pgrokd.metrics.Metrics;
import io.pgrok.pgrokd.tunnel.Affinity;
import io.pgrok.pgrokd.tunnel.Protocol;
import io.pgrok.pgrokd.tunnel.PublicName;
import io.pgrok.pgrokd.tunnel.PublicPorts;
import io.pgrok.pgrokd.tunnel.PublicPorts.PublicPort;
import io.pgrok.pgrokd.tunnel.PublicUrls;
import io.pgrok.pgrokd.tunnel.RefusedException;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.pgrokd.tunnel.TunnelRegistry;
import io.pgrok.protocol.grant.PortRange;
import io.pgrok.protocol.message.Message.NewTunnel;
import io.pgrok.protocol.message.Message.ReqTunnel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens and closes the tunnels of sessions. A ReqTunnel for several protocols is granted as a whole
 * or not at all. Thread-safe; ports are opened asynchronously.
 */
public final class Registrar {

  private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);

  private final TunnelRegistry registry;
  private final PublicUrls urls;
  private final PublicPorts ports;
  private final Rules rules;
  private final Metrics metrics;
  private final RandomNames random = new RandomNames(new Affinity());
  private final Map<Tunnel, CompletableFuture<PublicPort>> opened = new HashMap<>();

  /**
   * What may be registered.
   *
   * @param tunnelsPerToken different ones, of all sessions of a token's name
   * @param tcpPorts null for all
   */
  public record Rules(int tunnelsPerToken, @Nullable List<PortRange> tcpPorts) {

    boolean allowTcpPort(int port) {
      return tcpPorts == null || tcpPorts.stream().anyMatch(range -> range.contains(port));
    }

    void requireTcpPort(int port) throws RefusedException {
      requireTcpPorts();
      if (!allowTcpPort(port)) {
        throw new RefusedException(
            "This server has no TCP port %d for tunnels: ask for one of %s."
                .formatted(port, tcpPorts));
      }
    }

    void requireTcpPorts() throws RefusedException {
      if (tcpPorts != null && tcpPorts.isEmpty()) {
        throw new RefusedException(
            "This server has no TCP ports for tunnels: whoever runs it lists them (-tcpPorts, in the"
                + " chart tcpPorts).");
      }
    }
  }

  public Registrar(
      TunnelRegistry registry, PublicUrls urls, PublicPorts ports, Rules rules, Metrics metrics) {
    this.registry = registry;
    this.urls = urls;
    this.ports = ports;
    this.rules = rules;
    this.metrics = metrics;
  }

  /** Opens what an agent asks for, and answers it. */
  void register(Session session, ReqTunnel request) {
    try {
      RequestedNames names = RequestedNames.of(request, urls, session.identity().grant());
      if (!names.protocols().contains(Protocol.TCP)) {
        grant(session, request, claim(session, request, names, 0));
      } else if (names.remotePort() != 0) {
        rules.requireTcpPort(names.remotePort());
        openPort(session, request, names);
      } else {
        rules.requireTcpPorts();
        openAnyPort(session, request, names, random.ports(session.terms(), request, rules));
      }
    } catch (RefusedException e) {
      refuse(session, request, e);
    }
  }

  private void openPort(Session session, ReqTunnel request, RequestedNames names)
      throws RefusedException {
    List<Tunnel> tunnels;
    CompletableFuture<PublicPort> port;
    synchronized (this) {
      tunnels = claim(session, request, names, names.remotePort());
      port = opened.computeIfAbsent(tcpOf(tunnels), _ -> ports.open(names.remotePort()));
    }
    port.whenComplete((open, failure) -> {
      if (failure == null) {
        open.serve(tcpOf(tunnels));
        grant(session, request, tunnels);
      } else {
        tunnels.forEach(tunnel -> close(session, tunnel.url()));
        refuse(session, request, RandomNames.refusal(failure));
      }
    });
  }

  private void openAnyPort(
      Session session, ReqTunnel request, RequestedNames names, Queue<Integer> candidates)
      throws RefusedException {
    Integer candidate = candidates.poll();
    if (candidate == null) {
      throw new RefusedException("No TCP port that this server and your token allow is free.");
    }
    ports
        .open(candidate)
        .whenComplete((open, failure) -> {
          try {
            if (failure != null) {
              openAnyPort(session, request, names, candidates);
            } else {
              grant(session, request, serve(session, request, names, open));
            }
          } catch (RefusedException e) {
            refuse(session, request, e);
          }
        });
  }

  private synchronized List<Tunnel> serve(
      Session session, ReqTunnel request, RequestedNames names, PublicPort open)
      throws RefusedException {
    try {
      List<Tunnel> tunnels = claim(session, request, names, open.number());
      opened.put(tcpOf(tunnels), CompletableFuture.completedFuture(open));
      open.serve(tcpOf(tunnels));
      random.remember(session.terms(), request, String.valueOf(open.number()));
      return tunnels;
    } catch (RefusedException e) {
      open.close();
      throw e;
    }
  }

  private static Tunnel tcpOf(List<Tunnel> tunnels) {
    return tunnels.stream()
        .filter(tunnel -> tunnel.name().protocol() == Protocol.TCP)
        .findFirst()
        .orElseThrow();
  }

  /** Claims the names; where no subdomain was asked for, the first random one that is free. */
  private synchronized List<Tunnel> claim(
      Session session, ReqTunnel request, RequestedNames names, int port) throws RefusedException {
    if (!session.isAlive()) {
      throw new RefusedException("The session has ended.");
    }
    boolean needsRandom =
        names.host() == null && names.protocols().stream().anyMatch(p -> p != Protocol.TCP);
    Queue<String> hosts = new ArrayDeque<>();
    if (needsRandom) {
      hosts.addAll(random.subdomains(session.terms(), request));
    } else {
      hosts.add(names.host() == null ? "" : names.host());
    }
    while (true) {
      String host = needsRandom ? urls.below(hosts.element()) : hosts.element();
      String label = hosts.remove();
      try {
        List<Tunnel> tunnels =
            claim(
                session,
                claims(names.protocols(), host, port),
                new Tunnel.Member(session, names.access(), names.certificate()));
        tunnels.forEach(session::add);
        if (needsRandom) {
          random.remember(session.terms(), request, label);
        }
        return tunnels;
      } catch (RefusedException e) {
        if (hosts.isEmpty()) {
          throw e;
        }
      }
    }
  }

  /** Claims names within what the session's token may have. */
  private List<Tunnel> claim(
      Session session, List<TunnelRegistry.Claim> claims, Tunnel.Member member)
      throws RefusedException {
    List<String> urls = claims.stream().map(TunnelRegistry.Claim::url).toList();
    Integer granted = session.identity().grant().maxTunnels();
    int most =
        granted == null ? rules.tunnelsPerToken() : Math.min(granted, rules.tunnelsPerToken());
    if (!session.quota().hold(urls, most)) {
      throw new RefusedException(
          "Your token may not have more than %d tunnels at once.".formatted(most));
    }
    try {
      return registry.claim(claims, member);
    } catch (RefusedException e) {
      session.quota().drop(urls);
      throw e;
    }
  }

  private List<TunnelRegistry.Claim> claims(List<Protocol> protocols, String host, int port) {
    List<TunnelRegistry.Claim> claims = new ArrayList<>();
    for (Protocol protocol : protocols) {
      PublicName name =
          protocol == Protocol.TCP ? new PublicName.Port(port) : new PublicName.Web(protocol, host);
      claims.add(new TunnelRegistry.Claim(name, urls.of(name)));
    }
    return claims;
  }

  private static void grant(Session session, ReqTunnel request, List<Tunnel> tunnels) {
    for (Tunnel tunnel : tunnels) {
      LOG.info(
          "tunnel opened url={} client={} identity={}",
          tunnel.url(),
          session.briefId(),
          session.identity().name());
      session
          .link()
          .send(
              new NewTunnel(
                  request.reqId(), tunnel.url(), tunnel.name().protocol().wireName(), ""));
    }
  }

  private void refuse(Session session, ReqTunnel request, RefusedException why) {
    metrics.tunnelRefused();
    LOG.info(
        "tunnel refused client={} identity={} reason=\"{}\"",
        session.briefId(),
        session.identity().name(),
        why.sentence());
    session.link().send(new NewTunnel(request.reqId(), "", "", why.sentence()));
  }

  /** Closes one tunnel of a session for good; an unknown URL is ignored. */
  void close(Session session, String url) {
    close(session, url, false);
  }

  /**
   * Closes one tunnel of a session; an unknown URL is ignored.
   *
   * @param returns whether another session is expected to open it again in a moment
   */
  synchronized void close(Session session, String url, boolean returns) {
    Tunnel tunnel = session.remove(url);
    if (tunnel == null) {
      return;
    }
    session.quota().drop(url);
    boolean isWeb = tunnel.name().protocol() != Protocol.TCP;
    registry.release(tunnel, session, returns && isWeb);
    if (tunnel.members().isEmpty()) {
      CompletableFuture<PublicPort> port = opened.remove(tunnel);
      if (port != null) {
        port.thenAccept(PublicPort::close);
      }
    }
    LOG.info("tunnel closed url={} client={}", url, session.briefId());
  }

  /** Closes all tunnels of a session that has ended. */
  synchronized void closeAll(Session session, boolean returns) {
    session.tunnels().forEach(tunnel -> close(session, tunnel.url(), returns));
  }
}
