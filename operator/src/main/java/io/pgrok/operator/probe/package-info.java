/**
 * Whether visitors really get through: asks each public URL for a reserved path, which the agent
 * answers itself, the way a visitor would. Bounded in rate and number; nobody waits for it, and a
 * Tunnel's Ready does not depend on it.
 *
 * <pre>
 * TunnelReconciler ─ watch(url) ─▶ Prober ─ a slot on the Pace ─▶ ProbeClient ─▶ public URL
 *        ▲                            │
 *        └── trigger, when the verdict changed: condition Reachable
 * </pre>
 */
@NullMarked
package io.pgrok.operator.probe;

import org.jspecify.annotations.NullMarked;
