package io.pgrok.operator.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.pgrok.operator.Hash;
import io.pgrok.protocol.agent.AgentConfig;
import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import io.pgrok.protocol.agent.AgentYaml;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
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
   * In which of {@code count} a tunnel is. It depends on the tunnel's name alone: one that moved
   * from Secret to Secret would be closed and opened, since they reach the agent one by one.
   */
  static int placeOf(ResourceID tunnel, int count) {
    return Math.floorMod(tunnelKey(tunnel).hashCode(), count);
  }

  /** One file per server that has tunnels: {@code <server>.<number>.tunnels}. */
  static Map<String, String> tunnelFiles(int number, Map<ResourceID, Route> routes) {
    var files = new TreeMap<String, String>();
    byServer(routes)
        .forEach((server, tunnels) ->
            files.put(
                "%s.%d.tunnels".formatted(server, number),
                AgentYaml.write(AgentConfig.tunnels(tunnels))));
    return files;
  }

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
