package io.pgrok.operator.tunnel;

import io.pgrok.crds.tunnel.AppProtocol;
import io.pgrok.crds.tunnel.Protocol;
import io.pgrok.crds.tunnel.TunnelSpec;
import io.pgrok.operator.agent.Carrier;
import org.jspecify.annotations.Nullable;

/**
 * Where a tunnel ends.
 *
 * @param address {@code host:port} as the carrier reaches it
 * @param appProtocol what the Service's port says is spoken there; null when it says nothing that
 *     matters
 */
record Target(Carrier carrier, String address, @Nullable AppProtocol appProtocol) {

  /** The address as the agent is told it: with what is spoken there. */
  String spokenTo(TunnelSpec spec) {
    boolean web = spec.protocol() == Protocol.HTTP || spec.protocol() == Protocol.HTTPS;
    var spoken = spec.appProtocol() == null ? appProtocol : spec.appProtocol();
    return switch (web ? spoken : null) {
      case HTTP -> address;
      case null -> address;
      case HTTPS -> "https://" + address;
      case H2C -> "h2c://" + address;
    };
  }
}
