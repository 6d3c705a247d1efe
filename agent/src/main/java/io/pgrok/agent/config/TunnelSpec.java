package io.pgrok.agent.config;

import io.pgrok.protocol.message.ShownCertificate;
import io.pgrok.protocol.message.VisitorRules;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One tunnel to hold open.
 *
 * @param name its key in the configuration file
 * @param revision repeated in the status; null when the file has none
 * @param subdomain empty for none
 * @param hostname empty for none
 * @param auth {@code user:password} that visitors must give; empty for none
 * @param remotePort public TCP port; 0 for any
 * @param rules what the server demands of visitors; null for nothing
 * @param targets the private service's address by protocol; at least one
 * @param upstream how the private service is spoken to
 * @param inspect whether the inspector captures; null for the agent's default
 * @param routes where requests to some paths go instead of the targets
 * @param certificate that visitors over https are shown; null for the server's own
 */
public record TunnelSpec(
    String name,
    @Nullable String revision,
    String subdomain,
    String hostname,
    String auth,
    int remotePort,
    @Nullable VisitorRules rules,
    SortedMap<Protocol, PrivateAddress> targets,
    Upstream upstream,
    @Nullable Boolean inspect,
    PathRoutes routes,
    @Nullable ShownCertificate certificate) {

  public TunnelSpec {
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("a tunnel needs a protocol");
    }
    targets = new TreeMap<>(targets);
  }

  /** A tunnel without rules, whose private service is spoken to in the plain way. */
  public TunnelSpec(
      String name,
      @Nullable String revision,
      String subdomain,
      String hostname,
      String auth,
      int remotePort,
      SortedMap<Protocol, PrivateAddress> targets) {
    this(
        name,
        revision,
        subdomain,
        hostname,
        auth,
        remotePort,
        null,
        targets,
        Upstream.PLAIN,
        null,
        PathRoutes.NONE,
        null);
  }

  /**
   * What visitors must give, as it is written; empty for nothing.
   *
   * @throws IllegalArgumentException saying what to write instead
   */
  public static String parseAuth(String auth) {
    if (!auth.isEmpty() && auth.indexOf(':') < 1) {
      throw new IllegalArgumentException("must be user:password");
    }
    return auth;
  }

  /** The same tunnel to another private address, for all of its protocols. */
  public TunnelSpec to(PrivateAddress target) {
    SortedMap<Protocol, PrivateAddress> moved = new TreeMap<>();
    targets.keySet().forEach(protocol -> moved.put(protocol, target));
    return new TunnelSpec(
        name,
        revision,
        subdomain,
        hostname,
        auth,
        remotePort,
        rules,
        moved,
        upstream,
        inspect,
        routes,
        certificate);
  }

  /** Whether the server chooses the public name. */
  public boolean nameIsOpen() {
    return subdomain.isEmpty() && hostname.isEmpty();
  }

  /** One per protocol, in the order of {@link Protocol}. */
  public List<Binding> bindings() {
    return targets.entrySet().stream().map(this::binding).toList();
  }

  private Binding binding(Map.Entry<Protocol, PrivateAddress> target) {
    return new Binding(this, target.getKey(), target.getValue());
  }

  /** Leaves the visitors' password out. */
  @Override
  public String toString() {
    return "TunnelSpec[%s %s%s %s]".formatted(name, subdomain, hostname, targets);
  }

  /** One protocol of a tunnel: what is asked of the server, and where its visitors are sent. */
  public record Binding(TunnelSpec tunnel, Protocol protocol, PrivateAddress target) {

    /** What the server is to demand of this protocol's visitors; null for nothing. */
    public @Nullable VisitorRules rules() {
      VisitorRules all = tunnel.rules;
      if (all == null || protocol.isHttp()) {
        return all;
      }
      return all.allowedCidrs().isEmpty()
          ? null
          : new VisitorRules(all.allowedCidrs(), false, null);
    }

    /** What this protocol's visitors are shown; null for the server's own certificate. */
    public @Nullable ShownCertificate certificate() {
      return protocol == Protocol.HTTPS ? tunnel.certificate : null;
    }

    /** Whether the server is asked for the same; only then may a registration be kept. */
    public boolean sameRequest(Binding other) {
      return sameName(other)
          && tunnel.auth.equals(other.tunnel.auth)
          && Objects.equals(rules(), other.rules())
          && Objects.equals(certificate(), other.certificate());
    }

    /** Whether the server is asked for the same public name or port. */
    public boolean sameName(Binding other) {
      return protocol == other.protocol
          && tunnel.name.equals(other.tunnel.name)
          && tunnel.subdomain.equals(other.tunnel.subdomain)
          && tunnel.hostname.equals(other.tunnel.hostname)
          && tunnel.remotePort == other.tunnel.remotePort;
    }
  }
}
