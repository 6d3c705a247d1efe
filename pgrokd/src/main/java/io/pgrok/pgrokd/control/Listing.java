package io.pgrok.pgrokd.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.pgrok.pgrokd.tunnel.Tunnel;
import io.pgrok.protocol.message.ClientIds;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people may see of sessions and tunnels. No keys: a whole ClientId is one, in the classic
 * protocol.
 */
public final class Listing {

  private static final double MILLI = 1e-3;

  private Listing() {}

  /**
   * @param client the beginning of its ClientId, as people need it to tell sessions apart
   * @param address of the agent
   * @param silentSeconds since something was heard of it
   * @param expires when its token's time is over; null for never
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SessionView(
      String client,
      String identity,
      String address,
      List<String> extensions,
      double silentSeconds,
      @Nullable String expires,
      List<String> tunnels) {}

  /**
   * @param since when its first agent registered it
   * @param visits requests and raw connections under way
   * @param clients the agents that carry it; empty while they are away
   */
  public record TunnelView(
      String url,
      String protocol,
      String identity,
      String since,
      int visits,
      List<String> clients) {}

  /** By identity, then by client. */
  public static List<SessionView> sessions(Collection<Session> sessions) {
    return sessions.stream()
        .map(Listing::view)
        .sorted(Comparator.comparing(SessionView::identity).thenComparing(SessionView::client))
        .toList();
  }

  private static SessionView view(Session session) {
    Instant expires = session.identity().expires();
    return new SessionView(
        ClientIds.brief(session.id()),
        session.identity().name(),
        session.terms().address(),
        session.terms().extensions().stream().sorted().toList(),
        session.silence().toMillis() * MILLI,
        expires == null ? null : expires.toString(),
        session.tunnels().stream().map(Tunnel::url).sorted().toList());
  }

  /** By URL. */
  public static List<TunnelView> tunnels(Collection<Tunnel> tunnels) {
    return tunnels.stream()
        .map(Listing::view)
        .sorted(Comparator.comparing(TunnelView::url))
        .toList();
  }

  private static TunnelView view(Tunnel tunnel) {
    return new TunnelView(
        tunnel.url(),
        tunnel.name().protocol().wireName(),
        tunnel.identity().name(),
        tunnel.since().toString(),
        tunnel.visits(),
        tunnel.members().stream().map(member -> ClientIds.brief(member.carrier().id())).toList());
  }
}
