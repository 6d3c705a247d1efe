/**
 * Visitors on their way to the private service.
 *
 * <pre>
 *   pgrokd ── ReqProxy ──▶ Session ──▶ ProxyConnections.open()
 *   dial, TLS, RegProxy ──▶ pgrokd
 *   pgrokd ── StartProxy ──▶ ProxyHandshake ──▶ route of the URL ──▶ dial the private service
 *   proxy connection ⇄ Relay ⇄ private service
 * </pre>
 *
 * Runs on the event loops; both sides of a relay live on the same one.
 */
@NullMarked
package io.pgrok.agent.proxy;

import org.jspecify.annotations.NullMarked;
