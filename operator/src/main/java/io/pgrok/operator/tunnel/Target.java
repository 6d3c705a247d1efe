package io.pgrok.operator.tunnel;

import io.pgrok.crds.tunnel.AppProtocol;
import io.pgrok.operator.agent.Carrier;
import org.jspecify.annotations.Nullable;

/**
 * Where a tunnel ends.
 *
 * @param address {@code host:port} as the carrier reaches it
 * @param appProtocol what the Service's port says is spoken there; null when it says nothing that
 *     matters
 */
record Target(Carrier carrier, String address, @Nullable AppProtocol appProtocol) {}
