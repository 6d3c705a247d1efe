package io.pgrok.operator.tunnel;

import io.pgrok.operator.agent.Carrier;

/**
 * Where a tunnel ends.
 *
 * @param address {@code host:port} as the carrier reaches it
 */
record Target(Carrier carrier, String address) {}
