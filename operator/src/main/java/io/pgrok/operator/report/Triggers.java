package io.pgrok.operator.report;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelserver.TunnelServer;
import jakarta.enterprise.context.ApplicationScoped;

/** Has resources looked at again. Thread-safe, does not block. */
@ApplicationScoped
public class Triggers {

  private final SimpleInboundEventSource<Tunnel> tunnels =
      new SimpleInboundEventSource<>("tunnel-triggers");
  private final SimpleInboundEventSource<TunnelServer> servers =
      new SimpleInboundEventSource<>("server-triggers");

  public void tunnel(ResourceID tunnel) {
    tunnels.propagateEvent(tunnel);
  }

  public void server(String name) {
    servers.propagateEvent(new ResourceID(name));
  }

  public SimpleInboundEventSource<Tunnel> tunnelSource() {
    return tunnels;
  }

  public SimpleInboundEventSource<TunnelServer> serverSource() {
    return servers;
  }
}
