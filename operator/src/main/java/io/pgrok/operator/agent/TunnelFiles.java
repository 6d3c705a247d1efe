package io.pgrok.operator.agent;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The tunnels of one of an agent's Secrets, as several files: with thousands of them, one that
 * changes is worth writing and, by the agent, reading again, and those beside it in its file. One
 * caller at a time.
 */
final class TunnelFiles {

  private record Rendered(Map<ResourceID, Route> routes, Map<String, String> files) {}

  private final int numbers;
  private final int limit;
  private final Map<Integer, Rendered> rendered = new HashMap<>();

  /**
   * @param numbers how many there are of all the agent's Secrets together
   * @param limit of the files' size, in bytes
   */
  TunnelFiles(int numbers, int limit) {
    this.numbers = numbers;
    this.limit = limit;
  }

  /**
   * The files of as many routes as fit; routes that fitted before go first, so that a new Tunnel
   * never takes one away that works.
   *
   * @param before the tunnels that were in the files before
   */
  Fit fit(Map<ResourceID, Route> routes, Set<ResourceID> before) {
    var fitting = new HashMap<>(routes);
    var left = new HashSet<ResourceID>();
    var files = files(fitting);
    var lastFirst =
        routes.keySet().stream()
            .sorted(
                Comparator.comparing((ResourceID tunnel) -> before.contains(tunnel))
                    .thenComparing(AgentConfigs::tunnelKey, Comparator.reverseOrder()))
            .iterator();
    while (AgentConfigs.size(files) > limit && lastFirst.hasNext()) {
      // Rendering is what takes time: leave out a fair share at once.
      int size = AgentConfigs.size(files);
      int share = Math.max(1, fitting.size() * (size - limit) / size / 2);
      for (int i = 0; i < share && lastFirst.hasNext(); i++) {
        var tunnel = lastFirst.next();
        fitting.remove(tunnel);
        left.add(tunnel);
      }
      files = files(fitting);
    }
    return new Fit(files, Set.copyOf(fitting.keySet()), Set.copyOf(left));
  }

  /**
   * @param files to write
   * @param tunnels that are in them
   * @param left tunnels for which there was no room
   */
  record Fit(Map<String, String> files, Set<ResourceID> tunnels, Set<ResourceID> left) {}

  private Map<String, String> files(Map<ResourceID, Route> routes) {
    var byNumber = new HashMap<Integer, Map<ResourceID, Route>>();
    routes.forEach((tunnel, route) ->
        byNumber
            .computeIfAbsent(AgentConfigs.placeOf(tunnel, numbers), n -> new HashMap<>())
            .put(tunnel, route));
    rendered.keySet().retainAll(byNumber.keySet());
    var files = new TreeMap<String, String>();
    byNumber.forEach((number, some) -> {
      var known = rendered.get(number);
      if (known == null || !known.routes().equals(some)) {
        known = new Rendered(some, AgentConfigs.tunnelFiles(number, some));
        rendered.put(number, known);
      }
      files.putAll(known.files());
    });
    return files;
  }
}
