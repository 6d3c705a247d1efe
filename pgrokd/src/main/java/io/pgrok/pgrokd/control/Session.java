package io.pgrok.pgrokd.control;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.pgrok.pgrokd.auth.Authenticator;
import io.pgrok.pgrokd.auth.Identity;
import io.pgrok.pgrokd.limit.Quota;
import io.pgrok.pgrokd.proxy.Links;
import io.pgrok.pgrokd.proxy.ProxyConnection;
import io.pgrok.pgrokd.proxy.ProxyPool;
import io.pgrok.pgrokd.tunnel.Carrier;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.protocol.message.ClientIds;
import io.pgrok.protocol.message.Extension;
import io.pgrok.protocol.message.Message.ReqProxy;
import io.pgrok.protocol.message.Message.StartProxy;
import io.pgrok.protocol.mux.MuxLink;
import io.pgrok.protocol.relay.ByteStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One agent that is connected. Thread-safe. */
public final class Session implements Carrier {

  /**
   * What was agreed at the start.
   *
   * @param id the ClientId that this server gave
   * @param previousId the one that the agent came with, empty for none: its random names are found
   *     by it
   * @param proxyKey what its proxy connections must prove with {@link Extension#PROXY_KEY}; empty
   *     otherwise
   */
  public record Terms(
      String id,
      String previousId,
      Identity identity,
      Set<String> extensions,
      String proxyKey,
      String address) {
    public Terms {
      extensions = Set.copyOf(extensions);
    }

    /** Leaves the proxy key out: this ends up in logs. */
    @Override
    public String toString() {
      return "Terms[id=%s, identity=%s, extensions=%s, address=%s]"
          .formatted(ClientIds.brief(id), identity.name(), extensions, address);
    }
  }

  private final Terms terms;
  private final AgentLink link;
  private final ProxyPool pool;
  private final Links links = new Links();
  private final Quota quota;
  private final Supplier<Authenticator.Result> proof;
  private final Map<String, Tunnel> tunnels = new ConcurrentHashMap<>();
  private final AtomicBoolean alive = new AtomicBoolean(true);
  private volatile long lastHeard = System.nanoTime();

  /**
   * @param quota what all sessions of its identity have in use
   * @param proof what its token would get now
   */
  Session(
      Terms terms,
      AgentLink link,
      Duration stale,
      Quota quota,
      Supplier<Authenticator.Result> proof) {
    this.terms = terms;
    this.quota = quota;
    this.proof = proof;
    this.link = link;
    this.pool = new ProxyPool(() -> link.send(new ReqProxy()), stale);
  }

  public Terms terms() {
    return terms;
  }

  @Override
  public String id() {
    return terms.id();
  }

  /** For logs. */
  public String briefId() {
    return ClientIds.brief(terms.id());
  }

  @Override
  public Identity identity() {
    return terms.identity();
  }

  @Override
  public boolean shares() {
    return terms.extensions().contains(Extension.SHARE);
  }

  @Override
  public boolean isAlive() {
    return alive.get();
  }

  @Override
  public Duration silence() {
    return Duration.ofNanos(System.nanoTime() - lastHeard);
  }

  void heard() {
    lastHeard = System.nanoTime();
  }

  @Override
  public boolean answersProbes() {
    return terms.extensions().contains(Extension.PROBE);
  }

  @Override
  public CompletableFuture<ByteStream> open(StartProxy start, Duration patience) {
    return links.open(start, () -> pool.open(start, patience));
  }

  @Override
  public @Nullable ByteStream reuse(String url, String visitor, Duration rested) {
    return links.reuse(new StartProxy(url, visitor), rested);
  }

  @Override
  public void keep(String url, ByteStream stream, Duration rested) {
    if (tunnels.containsKey(url)) {
      links.keep(url, stream, rested);
    } else {
      stream.close();
    }
  }

  /** Whether its agent may offer links. */
  public boolean mayLink() {
    return terms.extensions().contains(Extension.MUX);
  }

  /** Whether a connection that says so is of this session's agent. Constant time. */
  public boolean ownsProxyKey(String key) {
    return terms.proxyKey().isEmpty()
        || MessageDigest.isEqual(
            terms.proxyKey().getBytes(StandardCharsets.UTF_8),
            key.getBytes(StandardCharsets.UTF_8));
  }

  /** Hands over a proxy connection that the agent dialled. */
  public void offer(ProxyConnection connection) {
    pool.offer(connection);
  }

  /** The event loop for a link that the agent is about to offer. */
  public EventLoop placeOf(Channel link) {
    return links.place(link);
  }

  /** Hands over a link that the agent dialled; only when it {@link #mayLink}. */
  public void offer(MuxLink link) {
    links.offer(link);
  }

  /** The tunnels that it carries, by their URL. */
  public List<Tunnel> tunnels() {
    return List.copyOf(tunnels.values());
  }

  /** What all sessions of its identity have in use. */
  Quota quota() {
    return quota;
  }

  void add(Tunnel tunnel) {
    tunnels.put(tunnel.url(), tunnel);
  }

  /** Forgets a tunnel; null when it carries none under that URL. */
  @Nullable Tunnel remove(String url) {
    links.forget(url);
    return tunnels.remove(url);
  }

  AgentLink link() {
    return link;
  }

  /** What its token would get now. */
  Authenticator.Result proof() {
    return proof.get();
  }

  /**
   * Ends it once.
   *
   * @param silent whether the agent went without a word, so that its streams lead nowhere either
   * @return false when it had ended before
   */
  boolean end(boolean silent) {
    if (!alive.compareAndSet(true, false)) {
      return false;
    }
    if (silent) {
      pool.abort();
      links.abort();
    } else {
      pool.close();
      links.close();
    }
    link.close();
    return true;
  }
}
