package io.pgrok.agent.api;

import io.pgrok.agent.config.TunnelSpec;

/** Opens and closes tunnels at run time, beside those of the configuration. Thread-safe. */
public interface TunnelControl {

  /**
   * Opens a tunnel, or changes the one of that name.
   *
   * @return false when there is no session to open it in
   */
  boolean open(TunnelSpec tunnel);

  /**
   * Closes a tunnel until the agent ends.
   *
   * @return whether there was one of that name
   */
  boolean close(String tunnel);
}
