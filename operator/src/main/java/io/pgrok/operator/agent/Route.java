package io.pgrok.operator.agent;

import io.pgrok.protocol.agent.AgentConfig.TunnelConfig;
import io.pgrok.protocol.grant.Grant;

/**
 * A tunnel that can be registered: everything about it is resolved.
 *
 * @param server name of the TunnelServer
 * @param carrier who carries it
 * @param grant what its namespace may claim on that server
 * @param config what the agent is told; its revision is a hash of the rest
 * @param shown which certificate that is about
 */
public record Route(String server, Carrier carrier, Grant grant, TunnelConfig config, Shown shown) {

  /** A route of a namespace that may claim everything. */
  public Route(String server, Carrier carrier, TunnelConfig config) {
    this(server, carrier, Grant.UNLIMITED, config, new Shown.Servers());
  }

  /** Never null, unlike in the record that people's files are read into. */
  public String revision() {
    return String.valueOf(config.revision());
  }
}
