package io.pgrok.agent.control;

import io.pgrok.agent.control.Registration.Asked;
import io.pgrok.agent.control.Registration.Online;
import io.pgrok.agent.control.Registration.Wanted;
import io.pgrok.protocol.agent.AgentStatus;
import io.pgrok.protocol.agent.AgentStatus.TunnelState;
import java.util.ArrayList;
import java.util.List;

/** How the tunnels' standing is told to the outside. Pure. */
final class Report {

  private Report() {}

  static List<AgentStatus.Tunnel> of(List<Tunnels.Standing> standings) {
    return standings.stream().map(Report::tunnel).toList();
  }

  private static AgentStatus.Tunnel tunnel(Tunnels.Standing standing) {
    List<String> urls = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    for (Registration registration : standing.registrations()) {
      switch (registration) {
        case Online(String url) -> urls.add(url);
        case Wanted wanted -> errors.add(wanted.error());
        case Asked asked -> errors.add(asked.error());
      }
    }
    errors.removeIf(String::isEmpty);
    return new AgentStatus.Tunnel(
        standing.tunnel().name(),
        standing.tunnel().revision(),
        !urls.isEmpty()
            ? TunnelState.ONLINE
            : errors.isEmpty() ? TunnelState.REGISTERING : TunnelState.REFUSED,
        urls,
        errors.isEmpty() ? null : String.join("; ", errors.stream().distinct().toList()),
        standing.lastVisit());
  }
}
