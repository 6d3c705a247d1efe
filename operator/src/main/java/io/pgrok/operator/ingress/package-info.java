/**
 * Ingresses of class {@code pgrok}.
 *
 * <pre>
 * Ingress ─▶ IngressTunnels (pure): one Tunnel per host, paths and all ─▶ OwnedTunnels
 * status of the Tunnels ─▶ IngressStatuses (pure) ─▶ status.loadBalancer
 * </pre>
 */
@NullMarked
package io.pgrok.operator.ingress;

import org.jspecify.annotations.NullMarked;
