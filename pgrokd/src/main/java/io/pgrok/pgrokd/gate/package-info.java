/**
 * What stands behind {@link io.pgrok.pgrokd.traffic.Traffic} in a running server: limits are held,
 * numbers are counted, and the access log gets its lines.
 *
 * <pre>
 *   Traffic ◀── Gate ──▶ limit      may it come in?
 *                 │ ───▶ metrics    how often, how long, how much
 *                 └────▶ AccessLog  what exactly, when somebody wants to know
 * </pre>
 */
@NullMarked
package io.pgrok.pgrokd.gate;

import org.jspecify.annotations.NullMarked;
