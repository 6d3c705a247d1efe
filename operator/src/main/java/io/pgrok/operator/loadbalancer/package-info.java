/**
 * Services of type LoadBalancer and class {@code pgrok.io/tunnel}.
 *
 * <pre>
 * Service ─▶ PortTunnels (pure): one Tunnel per TCP port ─▶ OwnedTunnels
 * status of the Tunnels ─▶ LoadBalancerStatuses (pure) ─▶ status.loadBalancer
 * </pre>
 */
@NullMarked
package io.pgrok.operator.loadbalancer;

import org.jspecify.annotations.NullMarked;
