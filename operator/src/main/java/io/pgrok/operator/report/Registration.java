package io.pgrok.operator.report;

import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import io.pgrok.protocol.agent.AgentStatus.Tunnel;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where a tunnel stands with its server, as its agents report it. Ordered best first. */
public sealed interface Registration {

  /**
   * Registered as configured.
   *
   * @param urls public URLs, at least one
   */
  record Online(List<String> urls) implements Registration {}

  /** Registered, but by a configuration that the agent is about to replace. */
  record Outdated() implements Registration {}

  /** Asked for, or about to be. */
  record Pending() implements Registration {}

  /** No report yet, so nothing is known; a report is expected any moment. */
  record Unknown() implements Registration {}

  /** The server said no. */
  record Refused(String error) implements Registration {}

  /** The agent is not logged in: the token or version was refused. */
  record LoggedOut(String error) implements Registration {}

  /** The agent does not reach the server. */
  record Unreachable(String error) implements Registration {}

  /** No agent that could carry it answers. */
  record NoAgent(String error) implements Registration {}

  /**
   * The best that any of the agents reports: one that serves the tunnel is enough.
   *
   * @param agents of the tunnel's carrier
   * @param server name of the TunnelServer, which the session is named after
   * @param key of the tunnel in the session
   * @param revision that the tunnel should have
   */
  static Registration of(Collection<Link> agents, String server, String key, String revision) {
    return agents.stream()
        .map(link ->
            switch (link) {
              case Link.Connecting connecting -> new Unknown();
              case Link.Down(String error) -> new NoAgent(error);
              case Link.Live(Report report) -> reported(report, server, key, revision);
            })
        .min(Comparator.comparing(Registration::rank))
        .orElseGet(() -> new NoAgent("no agent pod is running"));
  }

  private static Registration reported(Report report, String server, String key, String revision) {
    return report
        .session(server)
        .filter(session -> session.state() != SessionState.ONLINE)
        .map(Registration::notOnline)
        .or(() -> report.tunnel(server, key).map(tunnel -> reported(tunnel, revision)))
        .orElseGet(Pending::new);
  }

  private static Registration reported(Tunnel tunnel, String revision) {
    boolean current = Objects.equals(revision, tunnel.revision());
    return switch (tunnel.state()) {
      case TunnelState.ONLINE -> current ? new Online(tunnel.urls()) : new Outdated();
      case TunnelState.REGISTERING -> new Pending();
      case TunnelState.REFUSED ->
          current ? new Refused(said(tunnel.error(), "it gave no reason")) : new Pending();
    };
  }

  /** What a session says that is not logged in. */
  static Registration notOnline(Session session) {
    return switch (session.state()) {
      case ONLINE -> new Pending();
      case REFUSED -> new LoggedOut(said(session.error(), "it gave no reason"));
      case RECONNECTING -> new Unreachable(said(session.error(), "the connection was lost"));
      case CONNECTING -> session.error() == null ? new Pending() : new Unreachable(session.error());
    };
  }

  private static String said(@Nullable String error, String otherwise) {
    return error == null || error.isBlank() ? otherwise : error;
  }

  private static int rank(Registration registration) {
    return switch (registration) {
      case Online online -> 0;
      case Outdated outdated -> 1;
      case Pending pending -> 2;
      case Unknown unknown -> 3;
      case Refused refused -> 4;
      case LoggedOut loggedOut -> 5;
      case Unreachable unreachable -> 6;
      case NoAgent noAgent -> 7;
    };
  }
}
