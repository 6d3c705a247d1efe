package io.pgrok.operator.owned;

import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.status.Verdict;
import java.util.List;

/**
 * What an object asks for.
 *
 * @param tunnels that serve it, of its own namespace, with different names
 * @param problems what of it cannot be served
 */
public record Wanted(List<Tunnel> tunnels, List<Verdict> problems) {

  public Wanted {
    tunnels = List.copyOf(tunnels);
    problems = List.copyOf(problems);
  }
}
