package io.pgrok.operator.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.operator.Hash;
import io.pgrok.protocol.agent.AgentConfig;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import io.pgrok.protocol.agent.AgentYaml;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Renders routes as the files that an agent reads. Pure; equal input gives equal bytes. */
public final class AgentConfigs {

  private AgentConfigs() {}

  /** The key of a tunnel in its session, and its name in the agent's reports. */
  public static String tunnelKey(ResourceID tunnel) {
    return tunnel.getNamespace().orElse("") + "/" + tunnel.getName();
  }

  /**
   * One file per server: a whole session each, {@code <server>.yml}.
   *
   * @param servers to log in to; a route whose server is not among them is left out
   */
  public static Map<String, String> files(
      Collection<ServerConnection> servers, Map<ResourceID, Route> routes) {
    var tunnels = byServer(routes);
    var files = new TreeMap<String, String>();
    for (var server : servers) {
      var config =
          AgentConfig.session(
              server.address(),
              server.authority(),
              server.token(),
              tunnels.getOrDefault(server.name(), new TreeMap<>()));
      files.put(server.name() + ".yml", AgentYaml.write(config));
    }
    return files;
  }

  private static TreeMap<String, TreeMap<String, TunnelConfig>> byServer(
      Map<ResourceID, Route> routes) {
    var tunnels = new TreeMap<String, TreeMap<String, TunnelConfig>>();
    routes.forEach((id, route) ->
        tunnels
            .computeIfAbsent(route.server(), s -> new TreeMap<>())
            .put(tunnelKey(id), route.config()));
    return tunnels;
  }

  /** The sessions without their tunnels, which are in parts beside them. */
  static Map<String, String> sessions(Collection<ServerConnection> servers) {
    return files(servers, Map.of());
  }

  /**
   * In which of {@code parts} a tunnel is. It depends on the tunnel's name alone: one that moved
   * from part to part would be closed and opened, since the parts reach the agent one by one.
   */
  static int partOf(ResourceID tunnel, int parts) {
    return Math.floorMod(tunnelKey(tunnel).hashCode(), parts);
  }

  /** One file per server that has tunnels: {@code <server>.<part>.tunnels}. */
  static Map<String, String> part(int part, Map<ResourceID, Route> routes) {
    var files = new TreeMap<String, String>();
    byServer(routes)
        .forEach((server, tunnels) ->
            files.put(
                "%s.%d.tunnels".formatted(server, part),
                AgentYaml.write(AgentConfig.tunnels(tunnels))));
    return files;
  }

  /**
   * The files of as many of a part's routes as fit; routes that fitted before go first, so that a
   * new Tunnel never takes one away that works.
   *
   * @param before the tunnels that were in the files before
   * @param limit of the files' size, in bytes
   */
  static Fit fit(int part, Map<ResourceID, Route> routes, Set<ResourceID> before, int limit) {
    var fitting = new HashMap<>(routes);
    var left = new HashSet<ResourceID>();
    var files = part(part, fitting);
    var lastFirst =
        routes.keySet().stream()
            .sorted(
                Comparator.comparing((ResourceID tunnel) -> before.contains(tunnel))
                    .thenComparing(AgentConfigs::tunnelKey, Comparator.reverseOrder()))
            .iterator();
    while (size(files) > limit && lastFirst.hasNext()) {
      // Rendering is what takes time: leave out a fair share at once.
      int share = Math.max(1, fitting.size() * (size(files) - limit) / size(files) / 2);
      for (int i = 0; i < share && lastFirst.hasNext(); i++) {
        var tunnel = lastFirst.next();
        fitting.remove(tunnel);
        left.add(tunnel);
      }
      files = part(part, fitting);
    }
    return new Fit(files, Set.copyOf(fitting.keySet()), Set.copyOf(left));
  }

  /**
   * @param files to write
   * @param tunnels that are in them
   * @param left tunnels for which there was no room
   */
  record Fit(Map<String, String> files, Set<ResourceID> tunnels, Set<ResourceID> left) {}

  /** Changes when any of the files does. */
  public static String hash(Map<String, String> files) {
    return Hash.of(String.valueOf(new TreeMap<>(files)), 16);
  }

  /** As a Secret holds them. */
  public static Map<String, String> secretData(Map<String, String> files) {
    var data = new TreeMap<String, String>();
    files.forEach(
        (name, text) -> data.put(name, Base64.getEncoder().encodeToString(text.getBytes(UTF_8))));
    return data;
  }

  /** What the files take of a Secret's 1 MiB, in bytes. */
  public static int size(Map<String, String> files) {
    return files.entrySet().stream()
        .mapToInt(f -> f.getKey().length() + f.getValue().getBytes(UTF_8).length)
        .sum();
  }
}
