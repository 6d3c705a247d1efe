/**
 * Tunnels, from resource to route and from report to status.
 *
 * <pre>
 * Tunnel ─▶ TunnelResolver ─▶ Route ─▶ RouteTable        (or a Verdict that says what is missing)
 * reports ─▶ Registration ─▶ TunnelStatuses ─▶ status, Event
 * </pre>
 *
 * {@link io.pgrok.operator.tunnel.TunnelReconciler} runs both for one Tunnel whenever something it
 * depends on changed: itself, its Service or workload, its server, a rival for its name, or what an
 * agent reports.
 */
@NullMarked
package io.pgrok.operator.tunnel;

import org.jspecify.annotations.NullMarked;
