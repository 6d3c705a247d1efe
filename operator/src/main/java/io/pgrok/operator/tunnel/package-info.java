/**
 * Tunnels, from resource to route and from report to status.
 *
 * <pre>
 * Tunnel ─▶ Lifetime ─▶ TunnelResolver ─▶ Route ─▶ RouteTable   (or a Verdict that says what is missing)
 *                       Claim: may it have the name, and is it free
 *                       Targets, ServiceTargets, Endpoints: where it leads, by path
 *                       Demands, Upstream: Secrets, rules for visitors, the private service
 * reports ─▶ Registration ─▶ TunnelStatuses ─▶ status, Event
 * </pre>
 *
 * {@link io.pgrok.operator.tunnel.TunnelReconciler} runs both for one Tunnel whenever something it
 * depends on changed: itself, its Service, endpoints or workload, its server, its Secrets, its
 * namespace's labels, a rival for its name, what an agent reports, or the time.
 */
@NullMarked
package io.pgrok.operator.tunnel;

import org.jspecify.annotations.NullMarked;
