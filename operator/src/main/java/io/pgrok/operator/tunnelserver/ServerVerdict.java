package io.pgrok.operator.tunnelserver;

import io.pgrok.operator.status.Reason;
import io.pgrok.operator.status.Verdict;
import io.pgrok.protocol.agent.AgentStatus.Session;
import io.pgrok.protocol.agent.AgentStatus.SessionState;
import java.util.List;
import java.util.Objects;

/** What the shared agents' sessions say of a server. Pure. */
final class ServerVerdict {

  private ServerVerdict() {}

  /**
   * @param sessions with the server, of each shared agent that answers
   */
  static Verdict of(String address, List<Session> sessions) {
    return sessions.stream()
        .min((a, b) -> Integer.compare(rank(a.state()), rank(b.state())))
        .map(best -> of(address, best))
        .orElseGet(() ->
            new Verdict(
                Reason.AGENT_NOT_READY,
                "no shared agent has reported on it; look at the pods with label"
                    + " pgrok.io/agent=shared"));
  }

  private static Verdict of(String address, Session session) {
    String error = Objects.requireNonNullElse(session.error(), "");
    return switch (session.state()) {
      case ONLINE -> new Verdict(Reason.CONNECTED, "agents are logged in at " + address);
      case CONNECTING, RECONNECTING ->
          error.isEmpty()
              ? new Verdict(Reason.CONNECTING, "agents are logging in at " + address)
              : new Verdict(
                  Reason.SERVER_UNREACHABLE,
                  "agents do not reach %s: %s".formatted(address, error));
      case REFUSED ->
          new Verdict(Reason.AUTH_FAILED, "%s refused the agents: %s".formatted(address, error));
    };
  }

  private static int rank(SessionState state) {
    return switch (state) {
      case ONLINE -> 0;
      case CONNECTING -> 1;
      case RECONNECTING -> 2;
      case REFUSED -> 3;
    };
  }
}
