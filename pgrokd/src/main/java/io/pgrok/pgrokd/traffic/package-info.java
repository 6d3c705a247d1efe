/**
 * What visitors do, told as it happens: limits, metrics and the access log hang here, and the code
 * that moves bytes knows none of them.
 *
 * <pre>
 *   port ── arrived(address) ──▶ Visitor         … left()
 *   http ── begin(request) ────▶ Visit           … received(n) sent(n) … ended(status)
 *   tcp  ── begin(request) ────▶ Visit
 * </pre>
 */
@NullMarked
package io.pgrok.pgrokd.traffic;

import org.jspecify.annotations.NullMarked;
