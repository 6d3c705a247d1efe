package io.pgrok.agent.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One session with one server: a configuration file and the flags that beat it.
 *
 * @param name the file's name without its extension
 * @param tunnels in the order of the file
 * @param inspectAddr where the file wants the inspector to listen; null when it does not say
 */
public record SessionSpec(
    String name, Link link, List<TunnelSpec> tunnels, @Nullable String inspectAddr) {
  public SessionSpec {
    tunnels = List.copyOf(tunnels);
  }

  /** A session whose file says nothing of the inspector. */
  public SessionSpec(String name, Link link, List<TunnelSpec> tunnels) {
    this(name, link, tunnels, null);
  }

  /** The same tunnels over another link. */
  SessionSpec over(Link other, @Nullable String inspect) {
    return new SessionSpec(name, other, tunnels, inspect);
  }

  /** The same session with other tunnels. */
  public SessionSpec with(List<TunnelSpec> other) {
    return new SessionSpec(name, link, other, inspectAddr);
  }
}
