package io.pgrok.agent.config;

import java.util.List;

/**
 * One session with one server: a configuration file and the flags that beat it.
 *
 * @param name the file's name without its extension
 * @param tunnels in the order of the file
 */
public record SessionSpec(String name, Link link, List<TunnelSpec> tunnels) {
  public SessionSpec {
    tunnels = List.copyOf(tunnels);
  }
}
