package io.pgrok.operator.agent;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The Secrets of one agent Deployment, which its pods mount as one folder: the first holds the
 * sessions, the others the tunnels, since a Secret has room for 1 MiB. Only those are written of
 * which something changed. One caller at a time.
 */
final class AgentSecrets {

  /**
   * How many hold tunnels. Pods say at their start what they mount, so it is the same for all; some
   * 80,000 tunnels fit.
   */
  private static final int PARTS = 16;

  /** Of the files in each that tunnels are spread over. */
  private static final int FILES = 4;

  /** What a Secret holds (1 MiB), less its metadata. */
  private static final int LIMIT = 1_000_000;

  /** Writes one Secret, whether or not it exists; for no files one that does not need not be. */
  @FunctionalInterface
  interface Store {
    void write(String secret, Map<String, String> files);
  }

  private record Part(Map<ResourceID, Route> routes, Set<ResourceID> carried, String hash) {
    static final Part UNKNOWN = new Part(Map.of(), Set.of(), "");
  }

  private final String name;
  private final Store store;
  private final Part[] parts = new Part[PARTS];
  private final TunnelFiles[] files = new TunnelFiles[PARTS];
  private String sessions = "";
  private final Set<String> lost = ConcurrentHashMap.newKeySet();
  private volatile Set<ResourceID> left = Set.of();

  /**
   * @param name of the first Secret, which the others' names begin with
   */
  AgentSecrets(String name, Store store) {
    this.name = name;
    this.store = store;
    Arrays.fill(parts, Part.UNKNOWN);
    Arrays.setAll(files, part -> new TunnelFiles(PARTS * FILES, LIMIT));
  }

  /** The names of all, for a Deployment to mount. */
  static List<String> names(String name) {
    return Stream.concat(
            Stream.of(name), IntStream.range(0, PARTS).mapToObj(part -> name(name, part)))
        .toList();
  }

  private static String name(String name, int part) {
    return name + "-" + part;
  }

  /** Tunnels for which there is no room. Any thread. */
  Set<ResourceID> left() {
    return left;
  }

  /** One of them does not hold any more what was written. Any thread. */
  void lost(String secret) {
    lost.add(secret);
  }

  /**
   * Writes what changed or was lost; the first time everything, whatever is there from an earlier
   * life.
   *
   * @return changes with what the Secrets hold
   */
  String write(Collection<ServerConnection> servers, Map<ResourceID, Route> routes) {
    var wanted = split(routes);
    for (int part = 0; part < PARTS; part++) {
      var before = parts[part];
      if (before == Part.UNKNOWN
          || !before.routes().equals(wanted.get(part))
          || lost.contains(name(name, part))) {
        parts[part] = write(part, wanted.get(part), before.carried());
      }
    }
    left =
        Stream.of(parts)
            .flatMap(
                part -> part.routes().keySet().stream().filter(t -> !part.carried().contains(t)))
            .collect(Collectors.toUnmodifiableSet());
    var logins = AgentConfigs.sessions(servers);
    String hash = AgentConfigs.hash(logins);
    if (!hash.equals(sessions) || lost.contains(name)) {
      store(name, logins);
      sessions = hash;
    }
    return AgentConfigs.hash(
        Map.of("", sessions + Stream.of(parts).map(Part::hash).collect(Collectors.joining())));
  }

  private Part write(int part, Map<ResourceID, Route> routes, Set<ResourceID> before) {
    var fit = files[part].fit(routes, before);
    store(name(name, part), fit.files());
    return new Part(routes, fit.tunnels(), AgentConfigs.hash(fit.files()));
  }

  /** Lost again meanwhile, it is written again. */
  private void store(String secret, Map<String, String> files) {
    boolean again = lost.remove(secret);
    try {
      store.write(secret, files);
    } catch (RuntimeException e) {
      if (again) {
        lost.add(secret);
      }
      throw e;
    }
  }

  private static List<Map<ResourceID, Route>> split(Map<ResourceID, Route> routes) {
    List<Map<ResourceID, Route>> split =
        Stream.generate(() -> (Map<ResourceID, Route>) new HashMap<ResourceID, Route>())
            .limit(PARTS)
            .toList();
    routes.forEach(
        (tunnel, route) -> split.get(AgentConfigs.placeOf(tunnel, PARTS)).put(tunnel, route));
    return split;
  }
}
