package io.pgrok.pgrokd.control;

import io.netty.channel.Channel;
import io.pgrok.pgrokd.auth.Authenticator;
import io.pgrok.pgrokd.auth.Identity;
import io.pgrok.pgrokd.config.Timing;
import io.pgrok.pgrokd.limit.Quota;
import io.pgrok.pgrokd.limit.Quotas;
import io.pgrok.pgrokd.metrics.Metrics;
import io.pgrok.pgrokd.metrics.Metrics.AgentRefusal;
import io.pgrok.pgrokd.tunnel.RefusedException;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.Auth;
import io.pgrok.protocol.message.Message.Drain;
import io.pgrok.protocol.message.ProtocolVersion;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of this server by their ClientId. A ClientId that is in use is taken over by an
 * agent of the same token identity, the older connection then ends; anybody else gets a fresh one.
 * Thread-safe.
 */
public final class Sessions {

  private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

  private final Map<String, Session> byId = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final Authenticator authenticator;
  private final Registrar registrar;
  private final Timing timing;
  private final Quotas quotas;
  private final Rules rules;
  private final Metrics metrics;
  private final AtomicInteger changes = new AtomicInteger();

  /**
   * Whom to admit.
   *
   * @param perToken sessions of a token's name; on an open server of an agent's address
   * @param classic whether agents may come that prove nothing on their proxy connections
   */
  public record Rules(int perToken, boolean classic) {}

  public Sessions(
      Authenticator authenticator,
      Registrar registrar,
      Timing timing,
      Quotas quotas,
      Rules rules,
      Metrics metrics) {
    this.authenticator = authenticator;
    this.registrar = registrar;
    this.timing = timing;
    this.quotas = quotas;
    this.rules = rules;
    this.metrics = metrics;
  }

  /**
   * Admits an agent.
   *
   * @throws RefusedException with the sentence for {@code AuthResp.Error}
   */
  public Session admit(Auth auth, Channel channel) throws RefusedException {
    if (!auth.version().equals(ProtocolVersion.WIRE)) {
      metrics.agentRefused(AgentRefusal.VERSION);
      throw new RefusedException(
          "This server speaks protocol version %s and the agent %s: install matching versions."
              .formatted(ProtocolVersion.WIRE, RefusedException.printable(auth.version())));
    }
    int known = changes.get();
    Identity identity =
        switch (authenticator.authenticate(auth.user())) {
          case Authenticator.Result.Accepted accepted -> accepted.identity();
          case Authenticator.Result.Refused refused -> {
            metrics.agentRefused(AgentRefusal.TOKEN);
            throw new RefusedException(refused.reason());
          }
        };
    Set<String> extensions = granted(auth, identity);
    if (!rules.classic() && !extensions.contains(Extension.PROXY_KEY)) {
      metrics.agentRefused(AgentRefusal.CLASSIC);
      throw new RefusedException(
          "This server takes no agents of the classic protocol: use the agent of pgrok for"
              + " Kubernetes.");
    }
    String address = ((InetSocketAddress) channel.remoteAddress()).getAddress().getHostAddress();
    Session session;
    Session replaced;
    synchronized (this) {
      Session old = byId.get(auth.clientId());
      replaced = old != null && isSame(old.identity(), identity) ? old : null;
      // The one that is replaced still counts.
      int most = rules.perToken() + (replaced == null ? 0 : 1);
      Optional<Quota> quota = quotas.join(identity, address, most);
      if (quota.isEmpty()) {
        metrics.agentRefused(AgentRefusal.SESSIONS);
        throw new RefusedException(
            "Your token may not have more than %d agents at once.".formatted(rules.perToken()));
      }
      session =
          new Session(
              new Session.Terms(
                  replaced != null ? replaced.id() : freshId(),
                  auth.clientId(),
                  identity,
                  extensions,
                  extensions.contains(Extension.PROXY_KEY) ? freshId() : "",
                  address),
              new AgentLink(channel),
              timing.proxyStale(),
              quota.get(),
              () -> authenticator.authenticate(auth.user()));
      byId.put(session.id(), session);
    }
    if (replaced != null) {
      end(replaced, Ending.REPLACED);
    }
    metrics.sessionStarted();
    LOG.info(
        "session started client={} identity={} peer={} os={} arch={} ext={}",
        session.briefId(),
        identity.name(),
        address,
        RefusedException.printable(auth.os()),
        RefusedException.printable(auth.arch()),
        extensions);
    if (changes.get() != known) {
      prove(session); // it was not there to be looked at
    }
    return session;
  }

  /**
   * Tokens have changed: sessions end whose token is good no more, or for something else. Those of
   * the latter come back at once.
   */
  public void tokensChanged() {
    changes.incrementAndGet();
    all().forEach(this::prove);
  }

  private void prove(Session session) {
    switch (session.proof()) {
      case Authenticator.Result.Refused _ -> end(session, Ending.REVOKED);
      case Authenticator.Result.Accepted(Identity identity) -> {
        if (!identity.equals(session.identity())) {
          end(session, Ending.CHANGED);
        }
      }
    }
  }

  /** What the agent offers and we know; whoever is nobody in particular shares with nobody. */
  private static Set<String> granted(Auth auth, Identity identity) {
    Set<String> granted = new HashSet<>(auth.ext());
    granted.retainAll(Extension.ALL);
    if (identity.isAnonymous()) {
      granted.remove(Extension.SHARE);
    }
    return granted;
  }

  private static boolean isSame(Identity one, Identity other) {
    return one.name().equals(other.name()) && one.isAnonymous() == other.isAnonymous();
  }

  private String freshId() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  /** Why a session ends. */
  enum Ending {
    /** The control connection closed. */
    DISCONNECTED(true),
    /** Nothing was heard of the agent for too long. */
    SILENT(true),
    /** The same agent has connected anew. */
    REPLACED(true),
    /** The agent broke the protocol. */
    MISBEHAVED(false),
    /** The token's time is over. */
    EXPIRED(false),
    /** The token is good no more. */
    REVOKED(false),
    /** The token is good for something else now. */
    CHANGED(true),
    /** This server stops. */
    STOPPING(false);

    private final boolean returns;

    /**
     * @param returns whether the agent is likely to be back in a moment
     */
    Ending(boolean returns) {
      this.returns = returns;
    }
  }

  /** Ends a session and gives its tunnels back. Idempotent. */
  void end(Session session, Ending why) {
    byId.remove(session.id(), session);
    if (!session.end(why == Ending.SILENT)) {
      return;
    }
    registrar.closeAll(session, why.returns);
    quotas.leave(session.identity(), session.terms().address());
    metrics.sessionEnded(why);
    LOG.info(
        "session ended client={} identity={} reason={}",
        session.briefId(),
        session.identity().name(),
        why);
  }

  /** Who has this ClientId, for a proxy connection that names it. */
  public Optional<Session> find(String clientId) {
    return Optional.ofNullable(byId.get(clientId));
  }

  /** All sessions, for listings. */
  public Collection<Session> all() {
    return List.copyOf(byId.values());
  }

  /**
   * Tells all agents that can hear it that this server is about to end.
   *
   * @return their sessions, which end when the agents are elsewhere
   */
  public List<Session> drain() {
    List<Session> told =
        byId.values().stream()
            .filter(session -> session.terms().extensions().contains(Extension.DRAIN))
            .toList();
    told.forEach(session -> session.link().send(new Drain()));
    return told;
  }

  /** Ends all sessions. */
  public void endAll() {
    all().forEach(session -> end(session, Ending.STOPPING));
  }
}
